import { afterAll, expect, test } from 'vitest';
import { closed, find, signedIn } from './browser.ts';
import { patch } from './kubernetes.ts';

afterAll(closed);

test('a lost connection is said, and what was missed is there when it is back', async () => {
	const { page, close } = await signedIn('/');
	const [object] = await find(page, { kinds: ['Kustomization'], statuses: ['READY'] });
	await page.goto(`/resources?kind=Kustomization&ns=${object!.namespace}&q=${object!.name}`);
	const row = page.getByRole('row').filter({ has: page.getByText(object!.name, { exact: true }) });
	await row.getByText('Ready').waitFor();
	await page.locator('[data-health=live]').waitFor();

	await page.context().setOffline(true);
	await page.getByText('Connection lost').waitFor();
	await patch(object!, { spec: { suspend: true } });
	expect(await row.getByText('Ready').count()).toBe(1);
	await page.context().setOffline(false);

	await row.getByText('Suspended').waitFor();
	expect(await page.getByText('Connection lost').count()).toBe(0);
	await patch(object!, { spec: { suspend: null } });
	await close();
});

test('a server that hangs is noticed, and one that goes on is taken up again', async ({ onTestFinished }) => {
	const { inject } = await import('vitest');
	const server = inject('processId');
	onTestFinished(() => void process.kill(server, 'SIGCONT'));
	const { page, close } = await signedIn('/');

	process.kill(server, 'SIGSTOP');
	await page.getByText('Connection lost').waitFor({ timeout: 30_000 });
	process.kill(server, 'SIGCONT');

	await page.locator('[data-health=live]').waitFor({ timeout: 30_000 });
	expect(await page.getByText('Connection lost').count()).toBe(0);
	await close();
});

test('of the events, those that were opened before the connection was lost stay', async () => {
	const { page, close } = await signedIn('/events');
	const events = page.locator('[data-event]');
	await page.getByRole('button', { name: 'Older events' }).click();
	await expect.poll(() => events.count()).toBeGreaterThan(50);
	const opened = await events.count();

	await page.context().setOffline(true);
	await page.getByText('Connection lost').waitFor();
	const before = await events.first().textContent();
	await page.context().setOffline(false);
	await page.locator('[data-health=live]').waitFor();
	await expect.poll(() => events.first().textContent(), { timeout: 30_000 }).not.toBe(before);

	expect(await events.count()).toBeGreaterThanOrEqual(opened);
	await close();
});
