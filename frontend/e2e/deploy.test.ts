import { afterAll, expect, test } from 'vitest';
import { closed, signedIn } from './browser.ts';

afterAll(closed);

test('a tab left open over a deployment loads the new application at its next navigation, once', async () => {
	const { page, close } = await signedIn('/');
	await page.locator('h2#failing').waitFor();
	// What a browser meets after a deployment: another version, and none of the parts the old one is made of.
	let old = true;
	let loads = 0;
	page.on('request', (request) => {
		if (!request.isNavigationRequest()) return;
		old = false;
		loads += 1;
	});
	await page.route('**/_app/version.json', (route) => route.fulfill({ json: { version: 'the-next-one' } }));
	await page.route('**/_app/immutable/**', (route) => (old ? route.fulfill({ status: 404 }) : route.continue()));

	await page.getByRole('link', { name: 'Resources', exact: true }).click();

	await page.locator('#row-0 a').waitFor();
	expect(new URL(page.url()).pathname).toBe('/resources');
	expect(loads).toBe(1);
	expect(await page.getByText('could not be shown').count()).toBe(0);
	await close();
});

test('one that heard of it when the server came back does not even ask for a part that is gone', async () => {
	const { page, close } = await signedIn('/');
	await page.locator('h2#failing').waitFor();
	const asked = page.waitForRequest('**/_app/version.json');
	await page.route('**/_app/version.json', (route) => route.fulfill({ json: { version: 'the-next-one' } }));
	await page.context().setOffline(true);
	await page.getByText('Connection lost').waitFor();
	await page.context().setOffline(false);
	await asked;
	await page.locator('[data-health=live]').waitFor();
	let loads = 0;
	page.on('request', (request) => void (request.isNavigationRequest() && (loads += 1)));

	await page.getByRole('link', { name: 'Resources', exact: true }).focus();
	await page.keyboard.press('Enter');

	await page.locator('#row-0 a').waitFor();
	expect(loads).toBe(1);
	await close();
});
