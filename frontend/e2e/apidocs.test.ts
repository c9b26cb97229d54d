import { afterAll, expect, test } from 'vitest';
import { closed, newPage, signedIn } from './browser.ts';

afterAll(closed);

const SHOTS = process.env['E2E_SHOTS'];

test('the REST API can be read and tried at /api/docs as whoever is signed in', async () => {
	const { page, complaints, close } = await signedIn('/');
	await page.goto('/api/docs');
	await page.getByText('Requests are sent as admin').waitFor();
	await page.getByRole('heading', { name: 'Signing in' }).waitFor();
	await page.getByRole('button', { name: 'get /api/me', exact: true }).click();
	if (SHOTS) await page.screenshot({ path: `${SHOTS}/docs-light.png` });
	await page.getByRole('button', { name: 'Execute' }).click();
	await page.locator('.live-responses-table').getByText('"username"').waitFor();
	await page.locator('.live-responses-table').getByText('200', { exact: true }).waitFor();
	if (SHOTS) await page.screenshot({ path: `${SHOTS}/docs-tried.png` });

	await page.getByRole('button', { name: 'get /api/ws', exact: true }).click();
	await page.getByText('426').first().waitFor();
	expect(await page.locator('[id$=upgrade]').getByRole('button', { name: 'Execute' }).count()).toBe(0);

	await page.getByRole('button', { name: 'Authorize' }).first().click();
	const dialog = page.locator('.modal-ux');
	await dialog.getByText('bearer (http, Bearer)').waitFor();
	expect(await dialog.getByText('cookie').count()).toBe(0);
	if (SHOTS) await page.screenshot({ path: `${SHOTS}/docs-authorize.png` });
	expect(complaints).toEqual([]);
	await close();
});

test('it says who has not signed in, is dark where the rest is, and fits a phone', async () => {
	const { page, complaints, close } = await newPage({ colorScheme: 'dark', viewport: { width: 375, height: 800 } });
	await page.goto('/api/docs');
	await page.getByRole('link', { name: 'Sign in' }).waitFor();
	await page.getByRole('button', { name: 'get /api/flux/{resourceType}', exact: true }).click();
	await page.getByRole('button', { name: 'Execute' }).waitFor();
	if (SHOTS) await page.screenshot({ path: `${SHOTS}/docs-phone.png`, fullPage: false });
	const [lightness, wide] = await page.evaluate(() => [
		Number(/\d+/.exec(getComputedStyle(document.querySelector('.swagger-ui')!).backgroundColor)?.[0]),
		document.documentElement.scrollWidth
	]);
	expect(lightness).toBeLessThan(64);
	expect(wide).toBeLessThanOrEqual(375);
	expect(complaints.filter((each) => !each.includes('401'))).toEqual([]); // nobody is signed in: the browser tells of it
	await close();
});
