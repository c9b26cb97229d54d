import { afterAll, expect, test } from 'vitest';
import { closed, find, pathOf, signedIn } from './browser.ts';
import { create, patch } from './kubernetes.ts';

afterAll(closed);

test('a reconcile is pending until the object itself says how it went', async () => {
	const { page, complaints, close } = await signedIn('/');
	const [object] = await find(page, { kinds: ['GitRepository'], statuses: ['READY'] });
	await page.goto(pathOf(object!));
	await page.getByRole('button', { name: 'Reconcile', exact: true }).click();

	await page.locator('[data-outcome=pending]').waitFor();
	await page.locator('[data-outcome=done]').waitFor({ timeout: 30_000 });
	expect(await page.locator('[data-outcome]').textContent()).toMatch(/Reconciled in \d+s/);
	expect(complaints).toEqual([]);
	await close();
});

test('suspending tells who and why, to everybody; resuming takes it back', async () => {
	const { page, complaints, close } = await signedIn('/');
	const [object] = await find(page, { kinds: ['HelmRelease'], statuses: ['READY'] });
	await page.goto(pathOf(object!));
	const other = await page.context().newPage();
	await other.goto(pathOf(object!));
	await other.locator('[data-status=READY]').waitFor();

	await page.getByRole('button', { name: 'Suspend', exact: true }).click();
	await page.getByLabel('Why').fill('migrating the database');
	await page.keyboard.press('Enter');
	await page.locator('[data-outcome=done]').waitFor();
	await other.getByText('Suspended by admin: migrating the database').waitFor();

	await page.getByRole('button', { name: 'Resume', exact: true }).click();
	await other.locator('[data-status=SUSPENDED]').waitFor({ state: 'detached' });
	await page.locator('[data-outcome=done]').waitFor({ timeout: 30_000 });
	expect(await page.getByText('migrating the database').count()).toBe(0);
	expect(complaints).toEqual([]);
	await close();
});

test('an object that does not exist is told, with a way out', async () => {
	const { page, close } = await signedIn('/resources/default/Kustomization/flux-system/nothing-here');

	await page.getByRole('heading', { name: 'There is no such resource' }).waitFor();
	await page.getByRole('link', { name: 'See flux-system' }).click();
	await page.waitForURL('**/resources?ns=flux-system');
	await close();
});

test('a blocked object names everything it waits for, up to the one that has to be mended', async () => {
	const { page, complaints, close } = await signedIn('/resources/default/Kustomization/storefront/checkout');
	const steps = page.getByRole('list', { name: 'What it waits for' }).getByRole('listitem');

	await expect.poll(() => steps.getByRole('link').allTextContents()).toEqual(['payments-api', 'ledger', 'dex', 'postgres']);
	const root = page.locator('[data-root]');
	await root.filter({ hasText: 'Failed, HealthCheckFailed' }).waitFor({ timeout: 30_000 });
	expect(await root.textContent()).toMatch(/timeout waiting for/);
	await root.getByRole('link', { name: 'postgres' }).click();
	await page.getByRole('heading', { level: 1, name: 'postgres' }).waitFor();
	expect(complaints).toEqual([]);
	await close();
});

test('a very long message shows how it begins, and all of it when asked', async () => {
	const { page, complaints, close } = await signedIn('/');
	const one = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', plural: 'kustomizations', namespace: 'storefront', name: 'talkative', suspended: true };
	await create(one, { interval: '1h', path: './deploy', prune: false, suspend: true, sourceRef: { kind: 'GitRepository', name: 'not-there' } });
	const message = `${'kustomize build failed: accumulating resources from ../base/deployment.yaml, '.repeat(26)}the end`;
	await patch(one, { status: { conditions: [{ type: 'Ready', status: 'False', reason: 'BuildFailed', message, lastTransitionTime: '2026-01-01T00:00:00Z', observedGeneration: 1 }] } }, '/status');
	await page.goto(pathOf(one));
	const condition = page.locator('section', { has: page.getByRole('heading', { name: 'Conditions' }) });
	const words = condition.getByText('the end');
	await words.waitFor();
	const clamped = (await words.boundingBox())!.height;

	await condition.getByRole('button', { name: 'Show all of it' }).click();
	expect((await words.boundingBox())!.height).toBeGreaterThan(clamped * 2);
	await condition.getByRole('button', { name: 'Show less' }).click();
	expect((await words.boundingBox())!.height).toBe(clamped);
	expect(complaints).toEqual([]);
	await close();
});

test('what comes while one is told that it is not there appears by itself', async () => {
	const { page, complaints, close } = await signedIn('/');
	const other = await page.context().newPage();
	await other.goto('/resources');
	const one = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', plural: 'kustomizations', namespace: 'storefront', name: 'late-comer', suspended: true };
	let reads = 0;
	await page.route('**/graphql', async (route) => {
		if (!route.request().postData()?.includes('query Object(') || reads++) return route.continue();
		const answer = await route.fetch();
		await create(one, { interval: '1h', path: './deploy', prune: false, suspend: true, sourceRef: { kind: 'GitRepository', name: 'not-there' } });
		await expect.poll(async () => (await find(other, { text: one.name })).length).toBe(1);
		await route.fulfill({ response: answer });
	});

	await page.goto(pathOf(one));

	await page.getByRole('heading', { level: 1, name: one.name }).waitFor();
	await page.locator('#conditions').waitFor();
	expect(reads).toBe(2); // each that finds nothing is a refusal in the audit
	expect(complaints).toEqual([]);
	await close();
});

test('what was done to an object through Gyre is told on its page, to who may edit it', async () => {
	const { page, complaints, close } = await signedIn('/');
	const object = (await find(page, { kinds: ['Kustomization'], statuses: ['READY'] })).find(({ suspended }) => !suspended)!;
	await page.goto(pathOf(object));
	const done = page.locator('section', { has: page.getByRole('heading', { name: 'Done through Gyre' }) });
	await page.locator('[aria-labelledby=audit][aria-busy=false]').waitFor();

	await page.getByRole('button', { name: 'Suspend', exact: true }).click();
	await page.getByLabel('Why').fill('for the audit');
	await page.keyboard.press('Enter');
	const deed = done.locator('[data-action]').first();
	await expect.poll(() => deed.getAttribute('data-action')).toBe('suspend'); // by itself
	await deed.locator('summary').click();
	await deed.getByRole('link', { name: 'admin', exact: true }).waitFor();
	expect(await deed.textContent()).toContain('spec.suspend');
	await page.getByRole('button', { name: 'Resume', exact: true }).click();
	await done.locator('[data-action=resume]').first().waitFor();
	expect(complaints).toEqual([]);
	await close();
});
