import { afterAll, expect, inject, test } from 'vitest';
import { ask, closed, signedIn } from './browser.ts';

afterAll(closed);

test('of one’s own sessions this one is marked, and another is ended at once', async () => {
	const { page: other, close: leave } = await signedIn('/', { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1' });
	const { page, complaints, close } = await signedIn('/account');
	const here = page.locator('[data-session=this]');
	await here.getByText('This one').waitFor();
	expect(await here.count()).toBe(1);

	await page.getByRole('button', { name: 'End the session of Safari on iPhone' }).first().click();
	await other.waitForURL('**/sign-in*', { timeout: 60_000 });
	await here.waitFor();
	expect(complaints).toEqual([]);
	await Promise.all([close(), leave()]);
});

test('a password that is too easy is told at its field, and changes nothing', async () => {
	const { page, complaints, close } = await signedIn('/account');
	await page.getByLabel('Present password').fill('correct-horse-battery');
	await page.getByLabel('New password').fill('passwordpassword');
	await page.getByRole('button', { name: 'Change password' }).click();
	const field = page.getByLabel('New password');
	await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
	expect(await page.getByRole('alert').filter({ hasText: 'choose another' }).count()).toBe(1);
	expect(complaints).toEqual([]);
	await close();
});

test('an API token is narrowed, shown once, and works until it is revoked', async () => {
	const { page, complaints, close } = await signedIn('/account');
	await page.getByRole('button', { name: 'New token' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Name', { exact: true }).fill('pipeline');
	await dialog.getByRole('combobox', { name: 'Resources' }).fill('kustomizations');
	await page.keyboard.press('Enter');
	await dialog.getByRole('combobox', { name: 'Namespaces' }).fill('storefront');
	await page.keyboard.press('Enter');
	const found = dialog.locator('[data-count]');
	await expect.poll(async () => Number(await found.getAttribute('data-count'))).toBeGreaterThan(0);
	await dialog.getByRole('button', { name: 'Make the token' }).click();
	const secret = (await page.getByTestId('secret').textContent())!;
	expect(secret).toMatch(/^gyre_/);
	await dialog.getByRole('button', { name: 'I have it' }).click();
	await page.getByTestId('secret').waitFor({ state: 'detached' });
	const row = page.locator('[data-token=pipeline]');
	await row.getByText('view on kustomizations in storefront').waitFor();
	expect(await page.locator('body').textContent()).not.toContain(secret);

	const ask = async () => {
		const body = JSON.stringify({ query: '{ resources(first: 1) { totalCount } viewer { administers } }' });
		const response = await fetch(`${inject('base')}/graphql`, { method: 'POST', headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }, body });
		return (await response.json()) as { data: { resources: { totalCount: number }; viewer: { administers: boolean } } | null; errors?: { extensions: { code: string } }[] };
	};
	const seen = (await ask()).data!;
	expect(seen.resources.totalCount).toBeGreaterThan(0);
	expect(seen.viewer.administers).toBe(false);
	await page.getByRole('button', { name: 'Revoke pipeline' }).click();
	await dialog.getByRole('button', { name: 'Revoke' }).click();
	await row.waitFor({ state: 'detached' });
	expect((await ask()).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
	expect(complaints).toEqual([]);
	await close();
});

test('the theme is chosen once for every device', async () => {
	const { page, complaints, close } = await signedIn('/account');
	await page.getByRole('radio', { name: 'Dark' }).check();
	await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');

	const { page: other, close: leave } = await signedIn('/account');
	await expect.poll(() => other.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
	await other.getByRole('radio', { name: 'As the system' }).check();
	await expect.poll(async () => (await ask<{ preferences: { theme: string } }>(other, '{ preferences { theme } }')).preferences.theme).toBe('SYSTEM');
	expect(await other.evaluate(() => document.documentElement.dataset['theme'])).toBeUndefined();
	expect(complaints).toEqual([]);
	await Promise.all([close(), leave()]);
});

test('one says what one is called; an address that is none is told at its field', async () => {
	const { page, complaints, close } = await signedIn('/account');
	await page.getByLabel('Name', { exact: true }).fill('Ada Admin');
	await page.getByLabel('E-mail').fill('not an address');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect.poll(() => page.getByLabel('E-mail').getAttribute('aria-invalid')).toBe('true');
	await page.getByLabel('E-mail').fill('ada@example.org');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Saved.').waitFor();
	expect(await ask(page, '{ profile { displayName email } }')).toEqual({ profile: { displayName: 'Ada Admin', email: 'ada@example.org' } });
	expect(complaints).toEqual([]);
	await close();
});
