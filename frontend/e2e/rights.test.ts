import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { ask, closed, find, newPage, pathOf, signedIn, type Watched } from './browser.ts';
import { PASSWORD } from './server.ts';

afterAll(closed);

/** A new user of this role, made as an operator makes one, signed in at `path`. */
async function signedInAs(role: string, path: string, name = `a-${role}`): Promise<Watched> {
	const program = process.env['E2E_PROGRAM'] ?? new URL('../../.venv/bin/gyre', import.meta.url).pathname;
	const env = { ...process.env, GYRE_DATA_DIR: dirname(inject('kubeconfig')) };
	execFileSync(program, ['user', 'add', name, '--role', role, '--password-stdin'], { env, input: `${PASSWORD}\n` });
	const watched = await newPage();
	const { page } = watched;
	await page.goto(path);
	await page.getByLabel('User name').fill(name);
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL((url) => url.pathname !== '/sign-in');
	return watched;
}

test('who may only look is offered nothing to do', async () => {
	const { page, complaints, close } = await signedInAs('viewer', '/resources');
	await page.locator('#row-0 a').waitFor();
	expect(await page.getByRole('checkbox', { name: /^Mark/ }).count()).toBe(0);
	expect(await page.getByRole('link', { name: 'New', exact: true }).count()).toBe(0);
	await page.keyboard.press('j');
	await page.locator('[role=row][aria-selected=true]').waitFor();
	await page.keyboard.press('s');
	await page.keyboard.press('/');
	await page.locator('input[type=search]:focus').waitFor(); // what came before it was taken, too
	expect(await page.getByRole('dialog').count()).toBe(0);

	const [object] = await find(page, { kinds: ['Kustomization'] });
	await page.goto(pathOf(object!));
	await page.locator('#conditions').waitFor();
	await page.getByRole('button', { name: 'Why can’t I…?' }).waitFor();
	expect(await page.getByRole('heading', { name: 'Done through Gyre' }).count()).toBe(0); // it is for who may edit it
	for (const name of ['Reconcile', 'Suspend', 'Resume', 'Delete']) expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
	await page.getByRole('button', { name: 'Why can’t I…?' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByText(`role viewer allows view on ${object!.plural} in ${object!.namespace}, not suspend`).waitFor();
	expect(await dialog.textContent()).toContain(`- reconcile, suspend, edit and delete on ${object!.plural} in namespace ${object!.namespace} of cluster default`);
	await page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'hidden' });

	await page.goto(`${pathOf(object!)}/edit`);
	await page.getByRole('heading', { name: `You may not edit ${object!.name}` }).waitFor();
	await page.goto('/resources/new');
	await page.locator('[data-verdict=refused]').waitFor();
	expect(await page.getByRole('list', { name: 'Problems' }).textContent()).toContain('role viewer allows view on kustomizations in flux-system, not create');
	expect(await page.getByRole('button', { name: 'Create', exact: true }).isDisabled()).toBe(true);
	await page.getByRole('button', { name: 'Why can’t I…?' }).click();
	await dialog.getByText('- create on kustomizations in namespace flux-system of cluster default').waitFor();
	await page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'hidden' });
	expect(complaints).toEqual([]);
	await close();
});

test('who may do a thing in one namespace is told of marked rows elsewhere why not there', async () => {
	const admin = await signedIn('/');
	const { page, complaints, close } = await signedInAs('viewer', '/resources', 'eve');
	await page.locator('#row-0 a').waitFor();
	const { users } = await ask<{ users: { nodes: { id: string }[] } }>(admin.page, '{ users(text: "eve") { nodes { id } } }');
	const rules = [{ resources: ['kustomizations'], namespaces: ['storefront'], actions: ['suspend'] }];
	const { createPolicy } = await ask<{ createPolicy: { policy: { id: string } } }>(admin.page, 'mutation($input: CreatePolicyInput!) { createPolicy(input: $input) { policy { id } } }', { input: { name: 'pause-storefront', rules } });
	const input = { policyId: createPolicy.policy.id, cluster: 'default', userId: users.nodes[0]!.id };
	await ask(admin.page, 'mutation($input: CreateBindingInput!) { createBinding(input: $input) { errors { code } } }', { input });
	await page.goto('/resources?kind=Kustomization&ns=payments,storefront&sort=namespace');
	const [here] = await find(page, { kinds: ['Kustomization'], namespaces: ['storefront'] });
	const [there] = await find(page, { kinds: ['Kustomization'], namespaces: ['payments'] });

	await page.getByLabel(`Mark ${there!.name}`, { exact: true }).check();
	await page.getByText('nothing you may do with them').waitFor();
	await page.getByLabel(`Mark ${here!.name}`, { exact: true }).check();
	await page.getByRole('button', { name: /^(Suspend|Resume) 1$/ }).waitFor();
	await page.getByRole('button', { name: 'Why can’t I…?' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByText("policy 'pause-storefront' allows suspend on kustomizations in storefront of cluster default").waitFor();
	expect(await dialog.getByText('role viewer allows view on kustomizations in payments, not suspend').count()).toBe(1);
	expect(await dialog.locator('[data-allowed=true]').count()).toBe(1);
	expect(complaints).toEqual([]);
	await Promise.all([close(), admin.close()]);
});

test('a member without a policy is told why there is nothing, and what to do', async () => {
	const { page, complaints, close } = await signedInAs('member', '/');

	await page.getByRole('heading', { name: 'You may not see anything yet' }).waitFor();
	expect(await page.getByRole('main').textContent()).toContain('a-member');
	expect(complaints).toEqual([]);
	await close();
});
