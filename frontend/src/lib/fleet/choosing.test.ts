import { expect, test } from 'vitest';
import { sorted, type May } from './choosing.ts';

const ROWS = [
	{ name: 'ready', status: 'READY', suspended: false },
	{ name: 'stopped', status: 'SUSPENDED', suspended: true },
	{ name: 'leaving', status: 'TERMINATING', suspended: false },
	{ name: 'static', status: 'READY', suspended: false }
] as const;

const names = (may: (row: { name: string }) => May): Record<string, string[]> =>
	Object.fromEntries(Object.entries(sorted(ROWS, may)).map(([action, rows]) => [action, rows.map(({ name }) => name)]));

test('each action is offered for the rows it makes sense for', () => {
	expect(names(() => ({ reconcile: true, suspend: true }))).toEqual({ reconcile: ['ready', 'static'], suspend: ['ready', 'static'], resume: ['stopped'] });
});

test('and only where one may and the kind can', () => {
	expect(names(({ name }) => ({ reconcile: name === 'ready', suspend: name === 'static' }))).toEqual({ reconcile: ['ready'], suspend: ['static'], resume: [] });
	expect(names(() => ({ reconcile: false, suspend: false }))).toEqual({ reconcile: [], suspend: [], resume: [] });
});
