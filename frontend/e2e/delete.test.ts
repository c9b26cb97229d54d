import { afterAll, expect, test } from 'vitest';
import { closed, find, pathOf, signedIn } from './browser.ts';
import { create, patch } from './kubernetes.ts';

afterAll(closed);

const DOOMED = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', plural: 'kustomizations', namespace: 'flux-system', name: 'to-be-deleted', suspended: false };
const SPEC = { interval: '1h', path: './nowhere', prune: true, sourceRef: { kind: 'GitRepository', name: 'not-there' } };

test('deleting shows first what goes with it, wants the name, and is told when it is gone', async () => {
	const { page, complaints, close } = await signedIn('/');
	await create(DOOMED, SPEC);
	await patch(DOOMED, { status: { inventory: { entries: ['web', 'worker'].map((name) => ({ id: `shop_${name}_apps_Deployment`, v: 'v1' })) } } }, '/status');
	await page.goto(pathOf(DOOMED));
	await page.getByRole('tab', { name: 'Inventory 2' }).waitFor();

	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	const dialog = page.getByRole('dialog');
	const confirm = dialog.getByRole('button', { name: 'Delete', exact: true });
	await dialog.getByText('2 objects go with it.').waitFor();
	expect(await dialog.getByRole('list', { name: 'What goes with it' }).getByRole('listitem').allInnerTexts().then((all) => all.map((one) => one.replaceAll('\u00a0', ' ')))).toEqual(['Deployment web in shop', 'Deployment worker in shop']);
	await dialog.getByRole('textbox').fill('to-be');
	await page.keyboard.press('Enter');
	expect(await confirm.isDisabled()).toBe(true);

	// What goes with it changes while one reads: only what was shown may go.
	await patch(DOOMED, { status: { inventory: { entries: ['web', 'worker', 'queue'].map((name) => ({ id: `shop_${name}_apps_Deployment`, v: 'v1' })) } } }, '/status');
	await dialog.getByRole('textbox').fill(DOOMED.name);
	await confirm.click();
	await dialog.getByText('3 objects go with it.').waitFor();
	expect(await dialog.getByRole('alert').textContent()).not.toBe('');
	expect(await find(page, { text: DOOMED.name })).toHaveLength(1);

	await dialog.getByRole('textbox').fill(DOOMED.name);
	await page.keyboard.press('Enter');
	await page.locator('[data-outcome=done]').filter({ hasText: /Deleted\s+in \d+s/ }).waitFor({ timeout: 30_000 });
	expect(await find(page, { text: DOOMED.name })).toEqual([]);
	expect(complaints).toEqual([]);
	await close();
});

test('a deletion that others would suffer from says so, and one that a click is enough for asks no more', async () => {
	const { page, complaints, close } = await signedIn('/');
	const source = { ...DOOMED, apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', plural: 'gitrepositories', namespace: 'storefront', name: 'needed' };
	const user = { ...DOOMED, namespace: 'storefront', name: 'needs-it' };
	await create(source, { interval: '1h', url: 'https://github.com/acme/storefront' });
	await create(user, { interval: '1h', path: './', prune: false, suspend: true, sourceRef: { kind: 'GitRepository', name: source.name } });
	const dialog = page.getByRole('dialog');
	const confirm = dialog.getByRole('button', { name: 'Delete', exact: true });

	await page.goto(pathOf(source));
	await page.getByRole('heading', { name: 'Others depend on it' }).waitFor();
	await page.keyboard.press('D');
	await dialog.getByText('1 object needs it').waitFor();
	expect(await dialog.getByRole('link', { name: user.name }).count()).toBe(1);
	expect(await confirm.isDisabled()).toBe(true);
	await page.keyboard.press('Escape');

	await page.goto(pathOf(user));
	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	await dialog.getByText('Nothing else goes with it.').waitFor();
	expect(await dialog.getByRole('textbox').count()).toBe(0);
	await confirm.click();
	await page.locator('[data-outcome=done]').waitFor();

	await page.goto(pathOf(source));
	await page.getByRole('heading', { name: 'Conditions' }).waitFor();
	await page.keyboard.press('D');
	await confirm.click();
	await page.locator('[data-outcome=done]').waitFor();
	expect(await find(page, { text: source.name, namespaces: ['storefront'] })).toEqual([]);
	expect(complaints).toEqual([]);
	await close();
});
