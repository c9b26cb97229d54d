import { afterAll, expect, test } from 'vitest';
import { templateOf } from '../src/lib/writing/templates.ts';
import { ask, closed, find, signedIn } from './browser.ts';
import { create, get } from './kubernetes.ts';
import { write, written } from './writing.ts';

afterAll(closed);

const source = (name: string, url = 'https://github.com/acme/storefront'): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: ${name}
  namespace: storefront
spec:
  interval: 1h
  url: ${url}
`;
const named = (name: string): { apiVersion: string; kind: string; plural: string; namespace: string; name: string } => ({
	apiVersion: 'source.toolkit.fluxcd.io/v1',
	kind: 'GitRepository',
	plural: 'gitrepositories',
	namespace: 'storefront',
	name
});

test('a new object starts from a template of its kind, is checked, and its page opens', async () => {
	const { page, complaints, close } = await signedIn('/resources?kind=GitRepository&ns=storefront');
	await page.locator('#row-0 a').waitFor();
	await page.keyboard.press('n');
	await page.waitForURL('**/resources/new?kind=GitRepository&ns=storefront');
	await page.locator('[data-verdict=accepted]').waitFor();
	expect((await written(page)).slice(0, 5)).toEqual(['apiVersion: source.toolkit.fluxcd.io/v1', 'kind: GitRepository', 'metadata:', '  name: example', '  namespace: storefront']);

	await page.getByLabel('Start from').selectOption({ label: 'HelmRepository' });
	await page.locator('.cm-line', { hasText: 'kind: HelmRepository' }).waitFor();
	await page.getByLabel('in namespace').fill('payments');
	await page.keyboard.press('Tab');
	await page.locator('.cm-line', { hasText: 'namespace: payments' }).waitFor();
	await write(page, source('brand-new', 'no address'));
	await page.locator('[data-problem="spec.url"]').getByText('Line 8').waitFor();
	expect(await page.getByRole('button', { name: 'Create', exact: true }).isDisabled()).toBe(true);
	await page.getByLabel('Start from').selectOption({ label: 'Bucket' });
	await page.getByRole('button', { name: 'Take that back' }).click();
	await page.locator('[data-problem="spec.url"]').waitFor();
	await write(page, source('brand-new'));
	await page.locator('[data-verdict=accepted]').waitFor();
	expect(await find(page, { text: 'brand-new' })).toEqual([]);

	await page.getByRole('button', { name: 'Create', exact: true }).click();
	await page.locator('[data-said=Created]').waitFor();
	expect(new URL(page.url()).pathname).toBe('/resources/default/GitRepository/storefront/brand-new');
	expect((await get(named('brand-new'))).spec).toMatchObject({ interval: '1h' });
	expect(complaints).toEqual([]);
	await close();
});

test('every template is accepted by a cluster as it stands', async () => {
	const { page, close } = await signedIn('/');
	const { clusters } = await ask<{ clusters: { kinds: { name: string; group: string; version: string }[] }[] }>(page, '{ clusters { kinds { name group version } } }');
	const kinds = clusters[0]!.kinds;
	const dryRun = 'mutation($yaml: String!) { createResource(input: { yaml: $yaml, dryRun: true }) { errors { code message causes { field message } } } }';
	const refused: unknown[] = [];
	for (const { name, group, version } of kinds) {
		const { createResource } = await ask<{ createResource: { errors: unknown[] } }>(page, dryRun, { yaml: templateOf({ group, version, kind: name, namespace: 'storefront' }) });
		if (createResource.errors.length) refused.push([name, createResource.errors]);
	}
	expect([kinds.length, refused]).toEqual([19, []]);
	await close();
});

test('what is there already is not overwritten by creating it, but can be applied onto', async () => {
	const { page, complaints, close } = await signedIn('/');
	await create(named('already-there'), { interval: '1h', url: 'https://github.com/acme/storefront', suspend: true });
	await page.goto('/resources/new');
	await write(page, source('already-there').replace('1h', '2h'));
	await page.locator('[data-verdict=refused]').waitFor();
	await page.getByRole('button', { name: 'Apply it instead' }).click();
	await page.getByTestId('managers').getByText('kubectl-create').waitFor();
	await page.getByRole('button', { name: 'Take these fields over' }).click();
	await page.locator('[data-verdict=accepted]').waitFor();
	expect((await get(named('already-there'))).spec['interval']).toBe('1h');
	await page.getByRole('button', { name: 'Apply', exact: true }).click();
	await page.locator('[data-said=Saved]').waitFor();
	expect((await get(named('already-there'))).spec).toMatchObject({ interval: '2h', suspend: true });
	expect(complaints).toEqual([]);
	await close();
});

test('several documents are checked each by itself, and made in their order', async () => {
	const { page, complaints, close } = await signedIn('/');
	await page.goto('/resources/new');
	await write(page, `# two sources\n---\n${source('first-of-two')}---\n${source('second-of-two', 'wrong')}`);
	await page.getByText('2 objects, made in their order').waitFor();
	await page.locator('[data-problem="spec.url"]').getByText('Line 19').waitFor();
	expect(await page.getByRole('button', { name: 'Create 2' }).isDisabled()).toBe(true);

	await write(page, `${source('first-of-two')}---\n${source('second-of-two')}`);
	await page.locator('[data-verdict=accepted]').waitFor();
	await page.getByRole('button', { name: 'Create 2' }).click();
	await page.getByText('All are made.').waitFor();
	expect(await page.getByRole('list', { name: 'Made' }).getByRole('link').allTextContents()).toEqual(['first-of-two', 'second-of-two']);
	await page.getByRole('link', { name: 'second-of-two' }).click(); // nothing is unsaved: nobody asks back
	await page.getByRole('heading', { level: 1, name: 'second-of-two' }).waitFor();
	expect(complaints).toEqual([]);
	await close();
});
