import { afterAll, expect, test } from 'vitest';
import { closed, signedIn } from './browser.ts';
import { startServer } from './server.ts';

afterAll(closed);

const OBJECTS = 10_000;

test('ten thousand objects are walked from the first to the last, and few of them are drawn at a time', { timeout: 300_000 }, async ({ onTestFinished }) => {
	const { base, end } = await startServer(['--objects', String(OBJECTS), '--changes', '0']);
	onTestFinished(end);
	const { page, complaints, close } = await signedIn('/resources?sort=name', { baseURL: base });
	await page.getByRole('heading', { name: `${OBJECTS.toLocaleString('en')} resources`, exact: true }).waitFor();
	const rows = page.locator('[role=row][id^=row-]');
	await page.locator('#row-0 a').waitFor();
	expect(await rows.count()).toBeLessThan(80);

	await page.getByRole('grid').focus();
	await page.keyboard.press('End');

	const last = page.locator(`#row-${OBJECTS - 1} a`);
	await last.waitFor();
	expect(await rows.count()).toBeLessThan(80);
	expect(complaints).toEqual([]);
	await close();
});
