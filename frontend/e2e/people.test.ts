import type { Page } from 'playwright-core';
import { afterAll, expect, inject, test } from 'vitest';
import { closed, find, newPage, signedIn } from './browser.ts';

afterAll(closed);

const OWN = 'the winter was long and white';

async function enter(page: Page, username: string, password: string): Promise<void> {
	await page.goto('/');
	await page.getByLabel('User name').fill(username);
	await page.getByLabel('Password', { exact: true }).fill(password);
	await page.getByRole('button', { name: 'Sign in' }).click();
}

/** A user whom the administrator makes in the page; answers the password that was made. */
async function makeUser(admin: Page, username: string): Promise<string> {
	await admin.goto('/admin/users');
	await admin.getByRole('button', { name: 'New user' }).click();
	const dialog = admin.getByRole('dialog');
	await dialog.getByLabel('User name').fill(username);
	await dialog.getByLabel('with a password I give them').check();
	await dialog.getByLabel('First password', { exact: true }).fill('short');
	await dialog.getByRole('button', { name: 'Make the user' }).click();
	await dialog.getByText('The password needs at least 12 characters.').waitFor();
	await dialog.getByRole('button', { name: 'Make one' }).click();
	const password = await dialog.getByLabel('First password', { exact: true }).inputValue();
	await dialog.getByRole('button', { name: 'Make the user' }).click();
	await admin.getByRole('heading', { name: `${username} can sign in` }).waitFor();
	expect(await dialog.textContent()).toContain(password);
	await dialog.getByRole('button', { name: 'Close' }).click();
	return password;
}

test('a newcomer changes the password first, sees nothing, and is given a policy through a group that acts on the open page', async () => {
	const { page: admin, complaints, close } = await signedIn('/');
	const [object] = await find(admin, { kinds: ['Kustomization'], namespaces: ['storefront'] });
	const password = await makeUser(admin, 'mia');

	const { page: mia, complaints: hers, close: leave } = await newPage();
	await enter(mia, 'mia', password);
	await mia.getByText('Hello mia').waitFor();
	await mia.getByLabel('New password').fill(OWN);
	await mia.getByLabel('The same again').fill(OWN);
	await mia.getByRole('button', { name: 'Change it and go on' }).click();
	await mia.getByRole('heading', { name: 'You may not see anything yet' }).waitFor();
	expect(await mia.getByRole('link', { name: 'Admin', exact: true }).count()).toBe(0);

	await admin.goto('/admin/groups');
	await admin.getByRole('button', { name: 'New group' }).click();
	await admin.getByLabel('Name', { exact: true }).fill('shopkeepers');
	await admin.getByRole('button', { name: 'Make the group' }).click();
	await admin.getByRole('heading', { level: 1, name: 'shopkeepers' }).waitFor();
	await admin.getByRole('combobox', { name: 'User to add' }).pressSequentially('mi');
	await admin.getByRole('option', { name: 'mia' }).waitFor();
	await admin.keyboard.press('ArrowDown');
	await admin.keyboard.press('Enter');
	await admin.getByRole('button', { name: 'Add', exact: true }).click();
	await admin.getByRole('link', { name: 'mia', exact: true }).waitFor();

	await admin.goto('/admin/policies/new');
	await admin.getByLabel('Name', { exact: true }).fill('shop-edit');
	await admin.getByLabel('edit', { exact: true }).check();
	await admin.getByRole('combobox', { name: 'Resources' }).fill('kustomisations,');
	await admin.getByRole('combobox', { name: 'Resources' }).press('Tab');
	await admin.getByText('kustomisations is not a resource that a rule can name.').waitFor();
	await admin.getByRole('button', { name: 'kustomizations', exact: true }).click();
	await admin.getByRole('combobox', { name: 'Namespaces' }).pressSequentially('storefron?');
	const count = admin.locator('[data-testid=matches] [data-count]');
	await expect.poll(async () => Number(await count.getAttribute('data-count'))).toBeGreaterThan(0); // while it is still typed
	await admin.getByText('Which objects').click();
	await admin.getByRole('list', { name: 'Objects it matches' }).getByRole('link', { name: object!.name, exact: true }).waitFor();
	await admin.getByRole('button', { name: 'Make the policy' }).click();
	await admin.getByRole('heading', { level: 1, name: 'shop-edit' }).waitFor();
	await expect.poll(() => admin.locator('[data-word]').allTextContents()).toEqual([expect.stringContaining('kustomizations'), expect.stringContaining('storefron?')]);

	await admin.getByRole('button', { name: 'Give it to somebody' }).click();
	const giving = admin.getByRole('dialog');
	await giving.getByRole('combobox', { name: 'Group' }).fill('nobody at all');
	await giving.getByRole('button', { name: 'Give', exact: true }).click();
	await giving.getByText('There is no group “nobody at all”.').waitFor();
	await giving.getByRole('combobox', { name: 'Group' }).fill('shopkeepers');
	await giving.getByRole('button', { name: 'Give', exact: true }).click();
	await admin.getByRole('link', { name: 'shopkeepers' }).waitFor();
	await mia.getByRole('heading', { name: 'You may not see anything yet' }).waitFor({ state: 'detached', timeout: 60_000 }); // by itself
	await mia.goto('/resources');
	await mia.locator('#row-0 a').waitFor();
	const seen = Number(await count.getAttribute('data-count'));
	await mia.getByRole('heading', { name: `${seen} resources` }).waitFor();

	await admin.goto('/admin/explain?user=mia&action=delete&kind=kustomizations&ns=storefront');
	await admin.locator('[data-allowed=false]').filter({ hasText: 'not delete' }).waitFor();
	await admin.getByLabel('Action').selectOption('suspend');
	await admin.getByRole('button', { name: 'Explain' }).click();
	await admin.locator('[data-allowed=true]').filter({ hasText: 'implies suspend' }).waitFor();
	expect(await admin.locator('[data-stops=NOWHERE]').count()).toBe(1);
	expect(new URL(admin.url()).search).toBe('?user=mia&action=suspend&kind=kustomizations&ns=storefront');

	await admin.goto('/admin/bindings');
	await admin.getByRole('button', { name: 'Take away shop-edit from shopkeepers' }).click();
	await admin.getByRole('dialog').getByRole('button', { name: 'Take away' }).click();
	await admin.getByRole('button', { name: 'Take away shop-edit from shopkeepers' }).waitFor({ state: 'detached' });
	await mia.getByRole('heading', { name: 'You may not see anything yet' }).waitFor({ timeout: 60_000 });
	await mia.goto('/admin/policies');
	await mia.getByRole('heading', { name: 'This page is for administrators' }).waitFor();
	expect([complaints, hers]).toEqual([[], []]);
	await Promise.all([close(), leave()]);
});

test('what an administrator changes about a user acts on their open page; a destructive step is asked back about', async () => {
	const { page: admin, complaints, close } = await signedIn('/');
	const password = await makeUser(admin, 'noah');
	const { page: noah, close: leave } = await newPage();
	await enter(noah, 'noah', password);
	await noah.getByText('Hello noah').waitFor();
	await noah.getByLabel('New password').fill(OWN);
	await noah.getByLabel('The same again').fill(OWN);
	await noah.getByRole('button', { name: 'Change it and go on' }).click();
	await noah.getByRole('heading', { name: 'You may not see anything yet' }).waitFor();

	await admin.goto('/admin/users/noah');
	await admin.getByLabel('Role').selectOption('VIEWER');
	await admin.getByRole('button', { name: 'Change role' }).click();
	await admin.getByRole('button', { name: 'Change role', disabled: true }).waitFor();
	await admin.getByRole('button', { name: 'Disable' }).click();
	await admin.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
	await admin.getByRole('button', { name: 'Enable' }).waitFor();
	await noah.waitForURL('**/sign-in*', { timeout: 60_000 });

	await admin.getByRole('button', { name: 'Delete' }).click();
	const asked = admin.getByRole('dialog');
	expect(await asked.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
	await asked.getByLabel('Type noah to be sure').fill('noah');
	await asked.getByRole('button', { name: 'Delete' }).click();
	await admin.waitForURL('**/admin/users');
	await admin.goto('/admin/users?q=noah');
	await admin.getByRole('heading', { name: 'Nothing matches' }).waitFor();
	expect(complaints).toEqual([]);
	await Promise.all([close(), leave()]);
});

test('somebody is invited by a link that is told once', async () => {
	const { page, complaints, close } = await signedIn('/admin/users');
	await page.getByRole('button', { name: 'New user' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('User name').fill('olga');
	await dialog.getByRole('button', { name: 'Make the link' }).click();
	const link = (await page.getByTestId('link').textContent())!;
	expect(link.startsWith(inject('base'))).toBe(true);
	expect(new URL(link).hash.length).toBeGreaterThan(20);
	await dialog.getByRole('button', { name: 'Close' }).click();
	await page.getByTestId('link').waitFor({ state: 'detached' });
	await page.getByRole('link', { name: 'olga', exact: true }).waitFor();
	expect(await page.locator('body').textContent()).not.toContain(link);
	expect(complaints).toEqual([]);
	await close();
});

test('the last admin stays one, and says why', async () => {
	const { page, complaints, close } = await signedIn('/admin/users/admin');
	await page.getByLabel('Role').selectOption('VIEWER');
	await page.getByText('This is you').waitFor();
	await page.getByRole('button', { name: 'Change role' }).click();
	await page.getByRole('alert').filter({ hasText: /last/ }).waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test('a policy that was edited is not left without being asked', async () => {
	const { page, complaints, close } = await signedIn('/admin/policies/new');
	await page.getByLabel('Name', { exact: true }).fill('never kept');
	await page.getByRole('link', { name: 'Groups', exact: true }).click();
	await page.getByRole('heading', { name: 'Leave without saving?' }).waitFor();
	await page.getByRole('button', { name: 'Stay' }).click();
	expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('never kept');
	await page.getByRole('link', { name: 'Groups', exact: true }).click();
	await page.getByRole('button', { name: 'Leave', exact: true }).click();
	await page.waitForURL('**/admin/groups');
	expect(complaints).toEqual([]);
	await close();
});
