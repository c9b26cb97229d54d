import { afterAll, expect, test } from 'vitest';
import { closed, newPage, signedIn, signIn } from './browser.ts';

afterAll(closed);

test('who is not signed in is asked to, and comes back to where they wanted to go', async () => {
	const { page, complaints, close } = await newPage();
	await signIn(page, '/resources?kind=Kustomization');

	await page.getByRole('heading', { name: /\d+ resources/ }).waitFor();
	expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/resources?kind=Kustomization');
	expect(complaints).toEqual([]);
	await close();
});

test('a wrong password is told, and the password is asked again', async () => {
	const { page, close } = await newPage();
	await page.goto('/');
	await page.getByLabel('User name').fill('admin');
	await page.getByLabel('Password', { exact: true }).fill('wrong');
	await page.getByRole('button', { name: 'Sign in' }).click();

	await page.getByRole('alert').filter({ hasText: /password/i }).waitFor();
	expect(new URL(page.url()).pathname).toBe('/sign-in');
	expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
	await close();
});

test('signing in never leads to another site', async () => {
	const { page, close } = await newPage();
	await signIn(page, `/sign-in?returnTo=${encodeURIComponent('//evil.example.com/')}`);

	expect(new URL(page.url()).pathname).toBe('/');
	await close();
});

test('signing out ends the session, also for a page that is open elsewhere', async () => {
	const { page, close } = await signedIn('/');
	const other = await page.context().newPage();
	await other.goto('/resources');
	await other.waitForSelector('[data-health=live]');

	await page.getByLabel('Account: admin').click();
	await page.getByRole('button', { name: 'Sign out' }).click();
	await page.waitForURL('**/sign-in');

	await other.waitForURL('**/sign-in?returnTo=%2Fresources', { timeout: 20_000 });
	await close();
});
