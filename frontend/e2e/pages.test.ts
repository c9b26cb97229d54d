import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import { closed, find, newPage, pathOf, signedIn } from './browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 390, height: 844 };

afterAll(closed);

/** What axe finds wrong, in words. The page's own policy stays in force. */
async function violations(page: Page): Promise<string[]> {
	await page.evaluate(AXE);
	const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
	return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** Neither the page nor what scrolls in it is wider than the screen. */
const fits = (page: Page): Promise<boolean> =>
	page.evaluate(() => [document.documentElement, document.querySelector('main')].every((one) => one === null || one.scrollWidth <= window.innerWidth));

async function pathsOf(page: Page): Promise<{ path: string; ready: string }[]> {
	const [failed] = await find(page, { statuses: ['FAILED'] });
	const [applied] = await find(page, { kinds: ['Kustomization'], statuses: ['READY'] });
	return [
		{ path: '/', ready: 'h2#failing' },
		{ path: '/resources', ready: '#row-0 a' },
		{ path: '/resources?q=zzzzzz', ready: 'text=Nothing matches' },
		{ path: pathOf(failed!), ready: '#conditions' },
		{ path: `${pathOf(applied!)}#inventory`, ready: 'table' },
		{ path: `${pathOf(applied!)}#yaml`, ready: 'pre code' },
		{ path: `${pathOf(applied!)}/edit`, ready: '[data-editor=ready]' },
		{ path: '/resources/new', ready: '[data-verdict=accepted]' },
		{ path: '/resources/default/Kustomization/none/none', ready: 'text=There is no such resource' },
		{ path: '/events', ready: '[data-event]' },
		{ path: '/invite#used', ready: 'role=alert' },
		{ path: '/admin/users', ready: 'table' },
		{ path: '/admin/users/admin', ready: '[data-session=this]' },
		{ path: '/admin/users/nobody', ready: 'text=There is no user' },
		{ path: '/admin/groups', ready: 'section[aria-busy=false]' },
		{ path: '/admin/policies', ready: 'section[aria-busy=false]' },
		{ path: '/admin/policies/new', ready: '[data-testid=matches]' },
		{ path: '/admin/bindings', ready: 'section[aria-busy=false]' },
		{ path: '/admin/explain?user=admin&action=edit&kind=kustomizations&ns=storefront', ready: '[data-allowed=true]' },
		{ path: '/admin/clusters', ready: '[data-cluster]' },
		{ path: '/admin/audit', ready: '[data-action]' },
		{ path: '/account', ready: '[data-session=this]' },
		{ path: '/nowhere', ready: 'text=There is no such page' }
	];
}

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
	test('every page is accessible and quiet', async () => {
		const { page, complaints, close } = await signedIn('/', { colorScheme, reducedMotion: 'reduce' });
		for (const { path, ready } of await pathsOf(page)) {
			await page.goto(path);
			await page.locator(ready).first().waitFor();
			expect([path, await violations(page)]).toEqual([path, []]);
		}
		expect(complaints).toEqual([]);
		await close();
	});

	test('so is the sign-in page', async () => {
		const { page, complaints, close } = await newPage({ colorScheme });
		await page.goto('/sign-in');
		await page.getByRole('button', { name: 'Sign in' }).waitFor();
		expect(await violations(page)).toEqual([]);
		expect(complaints).toEqual([]);
		await close();
	});
});

test('every page fits a phone', async () => {
	const { page, complaints, close } = await signedIn('/', { viewport: PHONE, hasTouch: true, isMobile: true });
	for (const { path, ready } of await pathsOf(page)) {
		await page.goto(path);
		await page.locator(ready).first().waitFor();
		expect([path, await fits(page)]).toEqual([path, true]);
	}
	await page.goto('/resources');
	await page.getByRole('button', { name: 'Filters' }).click();
	await page.locator('dialog[open]').waitFor();
	expect(await violations(page)).toEqual([]);
	expect(complaints).toEqual([]);
	await close();
});

test('GraphiQL works from this server alone, with the explorer', async () => {
	const { page, complaints, close } = await signedIn('/');
	const foreign: string[] = [];
	page.on('request', (request) => {
		if (!request.url().startsWith(new URL(page.url()).origin) && !request.url().startsWith('data:')) foreign.push(request.url());
	});
	await page.goto('/graphql');
	await page.getByRole('button', { name: /Execute query/ }).waitFor({ timeout: 30_000 });
	await page.getByRole('button', { name: /GraphiQL Explorer/ }).click();
	await page.getByText('Explorer', { exact: false }).first().waitFor();

	expect(foreign).toEqual([]);
	expect(complaints).toEqual([]);
	await close();
});
