import { afterAll, expect, test } from 'vitest';
import { ask, closed, find, pathOf, signedIn } from './browser.ts';
import { patch } from './kubernetes.ts';

afterAll(closed);

test('an object becomes a favourite from its page and from the list, and its state is seen on the overview as it changes', async () => {
	const { page, complaints, close } = await signedIn('/');
	const [one, other] = (await find(page, { kinds: ['Kustomization'], statuses: ['READY'] })).filter(({ suspended }) => !suspended);
	const kept = async (): Promise<unknown> => (await ask<{ preferences: { favourites: unknown } }>(page, '{ preferences { favourites { cluster kind namespace name } } }')).preferences.favourites;
	const address = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }): unknown => ({ cluster: 'default', kind, namespace, name });
	await page.goto(pathOf(one!));
	const star = page.getByRole('button', { name: `Favourite ${one!.name}`, exact: true });
	await star.click();
	await expect.poll(() => star.getAttribute('aria-pressed')).toBe('true');
	await expect.poll(kept).toEqual([address(one!)]); // seen at once, kept a moment later

	await page.goto(`/resources?kind=Kustomization&ns=${other!.namespace}&q=${other!.name}`);
	await page.locator('#row-0 a').filter({ hasText: other!.name }).waitFor();
	await page.keyboard.press('j');
	await page.keyboard.press('f');
	await page.locator('#row-0').getByRole('button', { name: `Favourite ${other!.name}`, pressed: true }).waitFor();
	await expect.poll(kept).toEqual([address(one!), address(other!)]);

	await page.goto('/');
	const shown = page.getByRole('region', { name: 'Favourites' }).locator('[data-favourite]');
	await expect.poll(() => shown.evaluateAll((all) => all.map((row) => row.getAttribute('data-favourite')))).toEqual([one!.name, other!.name]);
	await shown.nth(1).getByRole('img', { name: 'Suspended' }).waitFor({ state: 'detached' });
	await patch(other!, { spec: { suspend: true } });
	await shown.nth(1).getByRole('img', { name: 'Suspended' }).waitFor();
	await patch(other!, { spec: { suspend: null } });
	await shown.nth(1).getByRole('img', { name: 'Suspended' }).waitFor({ state: 'detached' });

	await shown.nth(0).getByRole('button', { name: `Favourite ${one!.name}` }).click();
	await expect.poll(kept).toEqual([address(other!)]);
	await shown.nth(0).getByRole('link', { name: other!.name }).click();
	await page.getByRole('heading', { level: 1, name: other!.name, exact: true }).waitFor();
	await page.getByRole('button', { name: `Favourite ${other!.name}`, exact: true, pressed: true }).waitFor();
	await page.keyboard.press('f');
	await expect.poll(kept).toEqual([]);
	expect(complaints).toEqual([]);
	await close();
});

test('a view is kept under a name, found again in another browser, replaced and forgotten', async () => {
	const { page, complaints, close } = await signedIn('/resources?status=failed&ns=payments');
	await page.locator('[role=grid]').or(page.getByRole('heading', { name: 'Nothing matches' })).waitFor();
	await page.getByRole('button', { name: 'Save this view' }).click();
	await page.getByLabel('Name of the view').fill('Broken payments');
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await page.getByRole('link', { name: 'Broken payments', exact: true }).waitFor();
	expect(await page.getByRole('button', { name: 'Save this view' }).count()).toBe(0);

	const { page: elsewhere, complaints: there, close: leave } = await signedIn('/resources');
	await elsewhere.getByRole('link', { name: 'Broken payments', exact: true }).click();
	await elsewhere.waitForURL('**/resources?status=failed&ns=payments');
	await elsewhere.getByRole('button', { name: 'Remove the filter payments' }).click();
	await elsewhere.waitForURL('**/resources?status=failed');
	await elsewhere.getByRole('button', { name: 'Save this view' }).click();
	await elsewhere.getByLabel('Name of the view').fill('Broken payments');
	await elsewhere.getByRole('button', { name: 'Replace' }).click();
	await elsewhere.locator('a[aria-current=page]').filter({ hasText: 'Broken payments', visible: true }).waitFor();
	const kept = async (): Promise<unknown> => (await ask<{ preferences: { views: unknown } }>(elsewhere, '{ preferences { views { name query } } }')).preferences.views;
	expect(await kept()).toEqual([{ name: 'Broken payments', query: 'status=failed' }]);

	await elsewhere.getByRole('button', { name: 'Forget the view Broken payments' }).click();
	await elsewhere.getByRole('link', { name: 'Broken payments', exact: true }).waitFor({ state: 'detached' });
	await expect.poll(kept).toEqual([]);
	expect([complaints, there]).toEqual([[], []]);
	await Promise.all([close(), leave()]);
});
