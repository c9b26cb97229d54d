import { afterAll, expect, test } from 'vitest';
import { closed, signedIn } from './browser.ts';

afterAll(closed);

test('events come by themselves, the newest first, and lead to their object', async () => {
	const { page, complaints, close } = await signedIn('/events');
	const first = page.locator('[data-event]').first();
	await first.waitFor();
	const before = await first.textContent();
	await expect.poll(() => first.textContent(), { timeout: 30_000 }).not.toBe(before);

	const { name, path } = await first.getByRole('link').evaluate((link: HTMLAnchorElement) => ({ name: link.textContent, path: link.pathname }));
	await page.locator(`[data-event] a[href="${path}"]`).first().click(); // another event may be the first one by now
	await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
	await page.locator('section', { has: page.getByRole('heading', { name: /^Events/ }) }).locator('[data-event]').first().waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test('the filters stand in the address', async () => {
	const { page, complaints, close } = await signedIn('/events');
	await page.getByRole('button', { name: 'Warnings' }).click();
	await page.waitForURL('**/events?type=warning');
	await page.getByLabel('Namespace').selectOption('data-platform');
	await page.waitForURL('**/events?type=warning&ns=data-platform');
	await page.locator('[data-event=NORMAL]').first().waitFor({ state: 'detached' });
	await page.locator('[data-event=WARNING]').first().waitFor({ timeout: 30_000 });

	await page.getByLabel('Search events').fill('no such words at all');
	await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
	await page.getByRole('button', { name: 'Show all events' }).click();
	await page.waitForURL('**/events');
	expect(complaints).toEqual([]);
	await close();
});

test('on a phone nothing sticks out', async () => {
	const { page, close } = await signedIn('/events', { viewport: { width: 360, height: 740 } });
	await page.locator('[data-event]').first().waitFor();
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
	await close();
});
