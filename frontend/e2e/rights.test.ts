import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { closed, find, newPage, pathOf, type Watched } from './browser.ts';
import { PASSWORD } from './server.ts';

afterAll(closed);

/** A new user of this role, made as an operator makes one, signed in at `path`. */
async function signedInAs(role: string, path: string): Promise<Watched> {
	const program = process.env['E2E_PROGRAM'] ?? new URL('../../.venv/bin/gyre', import.meta.url).pathname;
	const env = { ...process.env, GYRE_DATA_DIR: dirname(inject('kubeconfig')) };
	execFileSync(program, ['user', 'add', `a-${role}`, '--role', role, '--password-stdin'], { env, input: `${PASSWORD}\n` });
	const watched = await newPage();
	const { page } = watched;
	await page.goto(path);
	await page.getByLabel('User name').fill(`a-${role}`);
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL((url) => url.pathname !== '/sign-in');
	return watched;
}

test('who may only look is offered nothing to do', async () => {
	const { page, complaints, close } = await signedInAs('viewer', '/resources');
	await page.locator('#row-0 a').waitFor();
	expect(await page.getByRole('checkbox', { name: /^Mark/ }).count()).toBe(0);
	await page.keyboard.press('j');
	await page.keyboard.press('s');
	expect(await page.getByRole('dialog').count()).toBe(0);

	const [object] = await find(page, { kinds: ['Kustomization'] });
	await page.goto(pathOf(object!));
	await page.locator('#conditions').waitFor();
	for (const name of ['Reconcile', 'Suspend', 'Resume']) expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
	expect(complaints).toEqual([]);
	await close();
});

test('a member without a policy is told why there is nothing, and what to do', async () => {
	const { page, complaints, close } = await signedInAs('member', '/');

	await page.getByRole('heading', { name: 'You may not see anything yet' }).waitFor();
	expect(await page.getByRole('main').textContent()).toContain('a-member');
	expect(complaints).toEqual([]);
	await close();
});
