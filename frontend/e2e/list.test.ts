import { afterAll, expect, test } from 'vitest';
import { ask, closed, find, signedIn } from './browser.ts';
import { patch } from './kubernetes.ts';

afterAll(closed);

test('filters are in the address, and the back button takes them back', async () => {
	const { page, complaints, close } = await signedIn('/resources');
	const title = page.locator('#title');
	await page.locator('#row-0').waitFor();
	const everything = await title.textContent();
	// The cluster lives: what a filter finds is asked anew each time, and the page follows.
	const showsWhatIsFound = (f: Record<string, unknown>): Promise<void> =>
		expect
			.poll(async () => {
				const query = 'query($f: ResourceFilter) { resources(filter: $f, first: 1) { totalCount } }';
				const { resources } = await ask<{ resources: { totalCount: number } }>(page, query, { f });
				return (await title.textContent()) === `${resources.totalCount.toLocaleString('en')} resources`;
			})
			.toBe(true);

	await page.getByRole('checkbox', { name: /^HelmRelease/ }).check();
	await page.waitForURL('**/resources?kind=HelmRelease');
	await expect.poll(() => title.textContent()).not.toBe(everything);
	await showsWhatIsFound({ kinds: ['HelmRelease'] });
	await page.getByRole('checkbox', { name: /^Ready/ }).check();
	await page.waitForURL('**/resources?status=ready&kind=HelmRelease');

	await page.goBack();
	await page.waitForURL('**/resources?kind=HelmRelease');
	await showsWhatIsFound({ kinds: ['HelmRelease'] });
	await page.goBack();
	await page.waitForURL(/\/resources$/);
	await showsWhatIsFound({});
	expect(complaints).toEqual([]);
	await close();
});

test('typing filters without filling the history', async () => {
	const { page, close } = await signedIn('/');
	await page.getByRole('link', { name: 'Resources', exact: true }).click();
	await page.locator('#row-0').waitFor();

	await page.keyboard.press('/');
	await page.keyboard.type('flux-system', { delay: 30 });
	await page.waitForURL('**/resources?q=flux-system');
	await page.goBack();

	await page.waitForURL(/:\d+\/$/);
	await close();
});

test('the keyboard walks the rows, opens one and comes back to it', async () => {
	const { page, close } = await signedIn('/resources?sort=name');
	await page.locator('#row-3').waitFor();

	for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
	const selected = page.locator('[role=row][aria-selected=true]');
	expect(await selected.getAttribute('id')).toBe('row-1');
	const name = await selected.locator('a').textContent();
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { level: 1, name: name ?? '' }).waitFor();

	await page.keyboard.press('Escape');
	await page.waitForURL('**/resources?sort=name');
	await expect.poll(() => selected.locator('a').textContent()).toBe(name);
	await close();
});

test('what changes in the cluster changes on the page, as a push, without a reload', async () => {
	const { page, complaints, close } = await signedIn('/resources?kind=Kustomization&status=ready&sort=name');
	await page.locator('#row-0').waitFor();
	const [object] = await find(page, { kinds: ['Kustomization'], statuses: ['READY'] });
	await page.goto(`/resources?kind=Kustomization&ns=${object!.namespace}&q=${object!.name}&sort=name`);
	const row = page.getByRole('row').filter({ has: page.getByText(object!.name, { exact: true }) });
	await row.getByText('Ready').waitFor();

	await patch(object!, { spec: { suspend: true } });
	await row.locator('[data-flash]').filter({ hasText: 'Suspended' }).waitFor(); // it flashes, but not for long
	await patch(object!, { spec: { suspend: null } });
	await row.getByText('Suspended').waitFor({ state: 'detached' });

	expect(complaints).toEqual([]);
	await close();
});

test('a search that was typed a moment ago does not pull back who has gone elsewhere', async () => {
	const { page, complaints, close } = await signedIn('/events');
	for (const { path, field, away } of [
		{ path: '/events', field: 'Search events', away: 'Resources' },
		{ path: '/admin/users', field: 'Search by name', away: 'Groups' },
		{ path: '/resources', field: 'Search resources', away: 'Events' }
	]) {
		await page.goto(path);
		const search = page.getByLabel(field).locator('visible=true').first();
		const link = page.getByRole('link', { name: away, exact: true }).first();
		await search.waitFor();
		await link.waitFor();
		const leaves = await link.elementHandle();
		await search.evaluate((input: HTMLInputElement, to) => {
			input.focus();
			input.value = 'checkout';
			input.dispatchEvent(new Event('input', { bubbles: true }));
			to!.click();
			return new Promise((resolve) => setTimeout(resolve, 500)); // longer than the pause in typing after which it is told
		}, leaves as unknown as HTMLAnchorElement);
		await page.getByRole('heading', { level: 1, name: away === 'Resources' ? /resources$/ : away }).waitFor();
		expect(new URL(page.url()).search).toBe('');
	}
	expect(complaints).toEqual([]);
	await close();
});
