import { readFileSync } from 'node:fs';
import { afterAll, expect, inject, test } from 'vitest';
import { ask, closed, signedIn } from './browser.ts';

afterAll(closed);

const RUNS_A_PROGRAM = `
apiVersion: v1
kind: Config
current-context: one
clusters: [{ name: one, cluster: { server: "https://kubernetes.example.org" } }]
users: [{ name: one, user: { exec: { command: sh } } }]
contexts: [{ name: one, context: { cluster: one, user: one } }]
`;

test('a cluster is tested, added, seen and removed; what its kubeconfig must not hold is named', async () => {
	const { page, complaints, close } = await signedIn('/admin/clusters');
	await page.locator('[data-cluster=default]').waitFor();
	expect(await page.getByRole('button', { name: 'Remove default' }).count()).toBe(0); // it is the operator's
	await page.getByRole('button', { name: 'Add a cluster' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Name', { exact: true }).fill('mirror');
	await dialog.getByLabel('Kubeconfig').fill(RUNS_A_PROGRAM);
	await dialog.getByRole('button', { name: 'Add', exact: true }).click();
	await dialog.getByRole('list', { name: 'What is not accepted' }).getByText('users[0].user.exec').waitFor();

	await dialog.getByLabel('Kubeconfig').fill(readFileSync(inject('kubeconfig'), 'utf8'));
	await dialog.getByRole('button', { name: 'Test it' }).click();
	await dialog.locator('[data-tried=true]').waitFor();
	await dialog.getByRole('button', { name: 'Add', exact: true }).click();
	const added = page.locator('[data-cluster=mirror]');
	await added.getByText('Live').waitFor();
	await page.getByRole('button', { name: 'Change mirror' }).click();
	await dialog.getByLabel(/^Write in the name of/).check();
	await dialog.getByRole('button', { name: 'Save' }).click();
	await added.getByText('in the name of whoever writes').waitFor();
	await page.getByRole('button', { name: 'Test mirror' }).click();
	await added.locator('[data-test-worked=true]').waitFor();

	await page.getByRole('button', { name: 'Remove mirror' }).click();
	await dialog.getByLabel('Type mirror to be sure').fill('mirror');
	await dialog.getByRole('button', { name: 'Remove' }).click();
	await added.waitFor({ state: 'detached' });
	expect(complaints).toEqual([]);
	await close();
});

test('the audit is filtered in its address, opens to what a deed was, and is exported as it is filtered', async () => {
	const { page, complaints, close } = await signedIn('/admin/groups');
	await page.getByRole('button', { name: 'New group' }).click();
	await page.getByLabel('Name', { exact: true }).fill('recorded');
	await page.getByRole('button', { name: 'Make the group' }).click();
	await page.getByRole('heading', { level: 1, name: 'recorded' }).waitFor();

	await page.goto('/admin/audit');
	await page.getByRole('button', { name: 'Done' }).click();
	await page.waitForURL('**/admin/audit?outcome=succeeded');
	await page.getByRole('button', { name: 'More filters' }).click();
	await page.getByLabel('Action').fill('group-create');
	await page.getByLabel('Text').fill('recorded');
	await page.getByRole('button', { name: 'Filter', exact: true }).click();
	await page.waitForURL('**/admin/audit?action=group-create&outcome=succeeded&q=recorded');
	await expect.poll(() => page.locator('[data-total]').getAttribute('data-total')).toBe('1');
	const deed = page.locator('[data-action=group-create]');
	await deed.locator('summary').click();
	await deed.getByText('127.0.0.1').waitFor();
	expect(await deed.textContent()).toContain('recorded');

	const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export what is found' }).click()]);
	const lines = readFileSync((await file.path())!, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { action: string });
	expect(lines.map(({ action }) => action)).toEqual(['group-create']);
	expect(complaints).toEqual([]);
	await close();
});

test('what was only tried is told apart from what was done', async () => {
	const { page, complaints, close } = await signedIn('/admin/audit');
	const target = { cluster: 'default', kind: 'Kustomization', namespace: 'flux-system', name: 'flux-system' };
	await ask(page, 'mutation($input: SuspendInput!) { suspend(input: $input) { errors { code } } }', { input: { target, dryRun: true } });
	await page.goto('/admin/audit?action=suspend&name=flux-system');
	const tried = page.locator('[data-action=suspend]').first();
	await tried.getByText('dry run', { exact: true }).waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test('what is older is led to, and back from', async () => {
	const { page, complaints, close } = await signedIn('/admin/audit');
	const { createGroup } = await ask<{ createGroup: { group: { id: string } } }>(page, 'mutation($input: CreateGroupInput!) { createGroup(input: $input) { group { id } } }', { input: { name: 'passing-0' } });
	const { id } = createGroup.group;
	for (let i = 1; i < 52; i++) await ask(page, 'mutation($input: UpdateGroupInput!) { updateGroup(input: $input) { errors { code } } }', { input: { id, name: `passing-${i}` } });
	await ask(page, 'mutation($id: ID!) { deleteGroup(id: $id) { errors { code } } }', { id });
	const deeds = page.locator('[data-action]');

	await page.goto('/admin/audit?action=group-create,group-update&q=passing-');
	await expect.poll(() => deeds.count()).toBe(50);
	await page.getByRole('link', { name: 'Older' }).click();
	await expect.poll(() => deeds.count()).toBe(2);
	expect(await deeds.evaluateAll((all) => all.map((deed) => deed.getAttribute('data-action')))).toEqual(['group-update', 'group-create']);
	expect(await page.getByRole('link', { name: 'Older' }).count()).toBe(0);
	await page.getByRole('link', { name: 'Newest' }).click();
	await expect.poll(() => deeds.count()).toBe(50);
	expect(complaints).toEqual([]);
	await close();
});
