// The system's Chromium, and a page that remembers everything it complained of.
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { inject } from 'vitest';
import { PASSWORD } from './server.ts';

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

let browser: Promise<Browser> | undefined;

export const launched = (): Promise<Browser> => (browser ??= chromium.launch({ executablePath: EXECUTABLE, args: FLAGS }));

export async function closed(): Promise<void> {
	await (await browser)?.close();
	browser = undefined;
}

export interface Watched {
	page: Page;
	/** Console errors, uncaught exceptions and refusals of the content security policy. */
	complaints: string[];
	close: () => Promise<void>;
}

export async function newPage(options: BrowserContextOptions = {}): Promise<Watched> {
	const context = await (await launched()).newContext({ baseURL: inject('base'), viewport: { width: 1440, height: 900 }, ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(30_000);
	const complaints: string[] = [];
	page.on('console', (message) => {
		if (message.type() === 'error' || /content security policy/i.test(message.text())) complaints.push(message.text());
	});
	page.on('pageerror', (error) => complaints.push(error.message));
	return { page, complaints, close: () => context.close() };
}

export async function signIn(page: Page, path = '/'): Promise<void> {
	await page.goto(path);
	await page.getByLabel('User name').fill('admin');
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.locator('[data-health=live]').first().waitFor({ state: 'attached' });
}

/** A signed-in page at `path`. */
export async function signedIn(path = '/', options: BrowserContextOptions = {}): Promise<Watched> {
	const watched = await newPage(options);
	await signIn(watched.page, path);
	return watched;
}

export interface Found {
	apiVersion: string;
	kind: string;
	plural: string;
	namespace: string;
	name: string;
	suspended: boolean;
}

/** Asks with the page's own session. */
export async function ask<Data>(page: Page, query: string, variables: Record<string, unknown> = {}): Promise<Data> {
	const answer = await page.evaluate(
		async (body) => {
			const response = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
			return (await response.json()) as { data: unknown; errors?: unknown };
		},
		JSON.stringify({ query, variables })
	);
	if (answer.errors) throw new Error(JSON.stringify(answer.errors));
	return answer.data as Data;
}

/** The first objects that a filter finds. */
export async function find(page: Page, filter: Record<string, unknown>): Promise<Found[]> {
	const query = 'query($f: ResourceFilter) { resources(filter: $f, first: 20) { nodes { apiVersion kind plural namespace name suspended } } }';
	return (await ask<{ resources: { nodes: Found[] } }>(page, query, { f: filter })).resources.nodes;
}

export const pathOf = (object: Found): string => `/resources/default/${object.kind}/${object.namespace}/${object.name}`;
