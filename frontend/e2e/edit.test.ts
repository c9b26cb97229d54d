import { afterAll, describe, expect, test } from 'vitest';
import { closed, find, pathOf, signedIn } from './browser.ts';
import { create, get, patch } from './kubernetes.ts';
import { write, written } from './writing.ts';

afterAll(closed);

const object = (name: string, more: Partial<typeof KUSTOMIZATION> = {}): typeof KUSTOMIZATION & { name: string } => ({ ...KUSTOMIZATION, name, ...more });
const KUSTOMIZATION = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', plural: 'kustomizations', namespace: 'storefront', suspended: true };
const SPEC = { interval: '1h', path: './deploy', prune: false, suspend: true, sourceRef: { kind: 'GitRepository', name: 'not-there' } };

const manifest = (name: string, { interval = '1h', path = './deploy', more = '' } = {}): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: storefront
spec:
  force: false
  interval: ${interval}
  path: ${path}
  prune: false
  sourceRef:
    kind: GitRepository
    name: not-there
  suspend: true
${more}`;

test('what is written is checked by the cluster while one writes, and shown against what is there before it is saved', async () => {
	const { page, complaints, close } = await signedIn('/');
	const one = object('edited');
	await create(one, SPEC);
	await page.goto(pathOf(one));
	await page.locator('#conditions').waitFor();
	await page.keyboard.press('e');
	await page.waitForURL('**/edit');

	await write(page, manifest(one.name, { interval: '5', more: '  colour: blue\n' }));
	await page.locator('[data-verdict=refused]').waitFor();
	const problems = page.getByRole('list', { name: 'Problems' });
	expect(await problems.getByRole('button').count()).toBe(1); // what is no field at all is told before what is wrong in one
	await problems.getByRole('button').filter({ hasText: 'Line 15' }).filter({ hasText: 'unknown field "spec.colour"' }).click();
	await page.locator('.cm-activeLine', { hasText: 'colour: blue' }).waitFor(); // the caret is there
	await page.keyboard.press('Control+Shift+K'); // that line goes
	await page.locator('[data-problem="spec.interval"]').getByText('Line 8').waitFor();
	await page.getByRole('button', { name: 'Review changes' }).click();
	expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
	await page.keyboard.press('Escape');

	await write(page, manifest(one.name, { interval: '2h' }));
	await page.locator('[data-verdict=accepted]').waitFor();
	await page.keyboard.press('Control+s');
	await page.locator('[data-diff=side-by-side]').waitFor();
	await page.locator('.cm-merge-a .cm-changedLine', { hasText: 'interval: 1h' }).waitFor();
	await page.locator('.cm-merge-b .cm-changedLine', { hasText: 'interval: 2h' }).waitFor();
	expect((await get(one)).spec['interval']).toBe('1h'); // it was only asked
	await page.keyboard.press('Control+s');
	await page.locator('[data-said=Saved]').waitFor();
	expect(new URL(page.url()).pathname).toBe(pathOf(one));
	expect((await get(one)).spec['interval']).toBe('2h');
	expect(complaints).toEqual([]);
	await close();
});

describe('when somebody else changes it meanwhile', () => {
	async function editedByTwo(name: string): Promise<{ one: ReturnType<typeof object>; page: Awaited<ReturnType<typeof signedIn>>['page']; complaints: string[]; close: () => Promise<void> }> {
		const watched = await signedIn('/');
		const one = object(name);
		await create(one, SPEC);
		await watched.page.goto(`${pathOf(one)}/edit`);
		await write(watched.page, manifest(name, { interval: '2h' }));
		await watched.page.locator('[data-verdict=accepted]').waitFor();
		await patch(one, { spec: { path: './elsewhere' } });
		await watched.page.getByTestId('changed-meanwhile').waitFor();
		await watched.page.getByRole('button', { name: 'See both and decide' }).click();
		await watched.page.locator('.cm-merge-a .cm-changedLine', { hasText: 'path: ./elsewhere' }).waitFor();
		await watched.page.locator('.cm-merge-b .cm-changedLine', { hasText: 'interval: 2h' }).waitFor();
		return { one, ...watched };
	}

	test('both are shown, and my changes can be put on theirs', async () => {
		const { one, page, complaints, close } = await editedByTwo('edited-by-two');
		await page.getByRole('button', { name: 'Put my changes on theirs' }).click();
		await page.getByRole('button', { name: 'Save' }).click();
		await page.locator('[data-said=Saved]').waitFor();
		expect(await get(one).then(({ spec }) => [spec['interval'], spec['path']])).toEqual(['2h', './elsewhere']);
		expect(complaints).toEqual([]);
		await close();
	});

	test('theirs can be overwritten, knowingly', async () => {
		const { one, page, close } = await editedByTwo('overwritten');
		await page.getByRole('button', { name: 'Overwrite theirs with mine' }).click();
		await page.locator('.cm-merge-a .cm-changedLine', { hasText: 'path: ./elsewhere' }).waitFor();
		await page.locator('.cm-merge-b .cm-changedLine', { hasText: 'path: ./deploy' }).waitFor();
		await page.getByRole('button', { name: 'Save' }).click();
		await page.locator('[data-said=Saved]').waitFor();
		expect(await get(one).then(({ spec }) => [spec['interval'], spec['path']])).toEqual(['2h', './deploy']);
		await close();
	});

	test('mine can be dropped, and nothing is written', async () => {
		const { one, page, close } = await editedByTwo('dropped');
		await page.getByRole('button', { name: 'Drop mine, take theirs' }).click();
		await page.locator('[data-verdict=idle]').waitFor();
		expect(await written(page)).toContain('  path: ./elsewhere');
		expect((await get(one)).spec['interval']).toBe('1h');
		await close();
	});

	test('a status, or a request to reconcile, disturbs nobody', async () => {
		const { page, close } = await signedIn('/');
		const one = object('status-changes');
		await create(one, SPEC);
		await page.goto(`${pathOf(one)}/edit`);
		await write(page, manifest(one.name, { interval: '2h' }));
		await page.locator('[data-verdict=accepted]').waitFor();
		await page.getByRole('button', { name: 'Review changes' }).click();
		await patch(one, { status: { lastAttemptedRevision: 'main@sha1:123' } }, '/status');
		await patch(one, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': '2026-01-01T00:00:00Z' } } });
		await page.locator('.cm-line', { hasText: 'reconcile.fluxcd.io/requestedAt' }).first().waitFor({ state: 'attached' });
		await page.getByRole('button', { name: 'Save' }).click();
		await page.locator('[data-said=Saved]').waitFor();
		const { metadata, spec } = await get(one);
		expect([spec['interval'], metadata.annotations?.['reconcile.fluxcd.io/requestedAt']]).toEqual(['2h', '2026-01-01T00:00:00Z']);
		await close();
	});
});

test('an apply that would change what others hold names them, and takes it over only when told to', async () => {
	const { page, complaints, close } = await signedIn('/');
	const one = object('held');
	await create(one, SPEC, 'platform-team');
	await page.goto(`${pathOf(one)}/edit`);
	await write(page, manifest(one.name, { interval: '2h' }));
	await page.locator('[data-verdict=accepted]').waitFor();
	await page.getByRole('button', { name: 'Review changes' }).click();
	await page.getByLabel('How it is saved').selectOption('apply');

	await page.getByTestId('managers').getByText('platform-team').waitFor();
	expect(await page.getByTestId('managers').locator('code').allTextContents()).toEqual(['spec.interval']);
	expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
	await page.getByRole('button', { name: 'Take these fields over' }).click();
	await page.locator('[data-verdict=accepted]').waitFor();
	expect((await get(one)).spec['interval']).toBe('1h');
	await page.getByRole('button', { name: 'Save' }).click();
	await page.locator('[data-said=Saved]').waitFor();
	expect((await get(one)).spec['interval']).toBe('2h');
	expect(complaints).toEqual([]);
	await close();
});

test('a hidden value stays hidden, and stays', async () => {
	const { page, complaints, close } = await signedIn('/');
	const provider = { ...object('secretive'), apiVersion: 'notification.toolkit.fluxcd.io/v1beta3', kind: 'Provider', plural: 'providers' };
	await create(provider, { type: 'slack', channel: 'general', address: 'https://hooks.example.com/services/T0/s3cret' });
	await page.goto(`${pathOf(provider)}/edit`);
	await page.getByText('stands for a value that is hidden').waitFor();
	await page.locator('[data-editor=ready]').waitFor();
	const lines = await written(page);
	expect(lines.join('\n')).not.toContain('s3cret');
	await write(page, lines.map((line) => line.replace('channel: general', 'channel: alerts')).join('\n'));
	await page.locator('[data-verdict=accepted]').waitFor();
	await page.getByRole('button', { name: 'Review changes' }).click();
	await page.getByRole('button', { name: 'Save' }).click();
	await page.locator('[data-said=Saved]').waitFor();
	expect((await get(provider)).spec).toMatchObject({ channel: 'alerts', address: 'https://hooks.example.com/services/T0/s3cret' });
	expect(complaints).toEqual([]);
	await close();
});

test('what is not saved is not lost by a click, and letters typed are letters, not commands', async () => {
	const { page, close } = await signedIn('/');
	const [one] = await find(page, { kinds: ['HelmRelease'], statuses: ['READY'] });
	await page.goto(`${pathOf(one!)}/edit`);
	await page.locator('[data-editor=ready]').waitFor();
	await page.locator('.cm-content').focus();
	await page.keyboard.press('Control+Home');
	await page.keyboard.type('# good reason, tested?\n');
	await page.getByRole('link', { name: 'Cancel' }).click();
	await page.getByRole('heading', { name: 'Leave without saving?' }).waitFor();
	await page.getByRole('button', { name: 'Stay' }).click();
	expect((await written(page))[0]).toBe('# good reason, tested?');
	await page.getByRole('link', { name: 'Cancel' }).click();
	await page.getByRole('button', { name: 'Leave' }).click();
	await page.waitForURL(`**${pathOf(one!)}`);
	await close();
});

test('on a phone the old and the new stand one under the other, and nothing sticks out', async () => {
	const { page, complaints, close } = await signedIn('/', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
	const one = object('on-a-phone');
	await create(one, SPEC);
	await page.goto(`${pathOf(one)}/edit`);
	await write(page, manifest(one.name, { interval: '2h' }));
	await page.locator('[data-verdict=accepted]').waitFor();
	await page.getByRole('button', { name: 'Review changes' }).click();
	await page.locator('[data-diff=unified] .cm-deletedChunk', { hasText: 'interval: 1h' }).waitFor();
	await page.locator('[data-diff=unified] .cm-changedLine', { hasText: 'interval: 2h' }).waitFor();
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
	expect(complaints).toEqual([]);
	await close();
});
