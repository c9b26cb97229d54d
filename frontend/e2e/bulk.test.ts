import { afterAll, expect, test } from 'vitest';
import { closed, find, signedIn } from './browser.ts';

afterAll(closed);

test('marked rows are suspended and resumed together, and each tells how it went', async () => {
	const { page, complaints, close } = await signedIn('/');
	const [first, second] = await find(page, { kinds: ['ImageRepository'], statuses: ['READY'] });
	await page.goto('/resources?kind=ImageRepository&sort=name');
	await page.getByLabel(`Mark ${first!.name}`, { exact: true }).first().check();
	await page.getByLabel(`Mark ${second!.name}`, { exact: true }).first().check();
	await page.getByText('2 marked').waitFor();

	await page.keyboard.press('s');
	await page.getByRole('heading', { name: 'Suspend 2 resources?' }).waitFor();
	await page.getByLabel('Why').fill('the registry moves');
	await page.getByRole('dialog').getByRole('button', { name: 'Suspend', exact: true }).click();
	await page.locator('[data-outcome=done]').filter({ hasText: '2 suspended' }).waitFor();
	const stopped = page.getByRole('row').filter({ hasText: /By admin \d+s ago: the registry moves/ });
	await expect.poll(() => stopped.count()).toBe(2);

	await page.getByLabel(`Mark ${first!.name}`, { exact: true }).first().check();
	await page.getByLabel(`Mark ${second!.name}`, { exact: true }).first().check();
	await page.getByRole('button', { name: 'Resume', exact: true }).click();
	await page.locator('[data-outcome=done]').filter({ hasText: '2 resumed and ready' }).waitFor({ timeout: 30_000 });
	await expect.poll(() => stopped.count()).toBe(0);
	expect(complaints).toEqual([]);
	await close();
});

test('by keyboard alone: a row is chosen, reconciled, and says what came of it', async () => {
	const { page, complaints, close } = await signedIn('/');
	const [failing] = await find(page, { kinds: ['ImagePolicy'], statuses: ['FAILED'] });
	await page.goto(`/resources?kind=ImagePolicy&ns=${failing!.namespace}&q=${failing!.name}`);
	await page.locator('#row-0 a').waitFor();

	await page.keyboard.press('j');
	await page.keyboard.press('r');

	await page.locator('[data-outcome=failed]').filter({ hasText: '1 failed' }).waitFor({ timeout: 30_000 });
	expect(complaints).toEqual([]);
	await close();
});
