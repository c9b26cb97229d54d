import { readFileSync } from 'node:fs';
import { afterAll, expect, inject, test } from 'vitest';
import { closed, find, pathOf, signedIn } from './browser.ts';

afterAll(closed);

/** The embedded cluster: the child of the program under test. */
function clusterProcess(): number {
	const parent = inject('processId');
	const [child] = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ');
	return Number(child);
}

test('a cluster that hangs is told on every page, and that it is back', { timeout: 300_000 }, async ({ onTestFinished }) => {
	const cluster = clusterProcess();
	onTestFinished(() => void process.kill(cluster, 'SIGCONT'));
	const { page: overview, complaints, close } = await signedIn('/');
	const [object] = await find(overview, { kinds: ['Kustomization'] });
	const list = await overview.context().newPage();
	const one = await overview.context().newPage();
	await list.goto('/resources');
	await one.goto(pathOf(object!));
	const pages = [overview, list, one];
	await one.locator('#conditions').waitFor();

	process.kill(cluster, 'SIGSTOP');
	for (const page of pages) await page.getByText('default does not answer').waitFor({ timeout: 100_000 });
	expect(await list.locator('#row-0 a').count()).toBe(1); // the last rows stay

	process.kill(cluster, 'SIGCONT');
	for (const page of pages) await page.locator('[data-trouble]').waitFor({ state: 'detached', timeout: 100_000 });
	expect(complaints).toEqual([]);
	await close();
});
