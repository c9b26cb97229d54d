import { expect, test } from 'vitest';
import { aboutOf, auditFilterOf, auditSearch, auditViewOf, detailsOf, gistOf, isAuditFilter, isDryRun } from './audit.ts';

const of = (search: string) => auditViewOf(new URLSearchParams(search));

test('the filters of an address are those the server is asked with', () => {
	const view = of('who=ada,mia&action=suspend&outcome=failed,refused&kind=kustomizations&namespace=payments&since=2026-01-31T00:00:00Z&q=sha256');
	expect(auditFilterOf(view)).toEqual({
		who: ['ada', 'mia'], actions: ['suspend'], outcomes: ['FAILED', 'REFUSED'], kinds: ['kustomizations'], namespaces: ['payments'], since: '2026-01-31T00:00:00.000Z', text: 'sha256'
	});
	expect(of(auditSearch(view))).toEqual(view);
});

test('what makes no sense in an address is left out', () => {
	expect(auditFilterOf(of('outcome=perhaps&since=yesterday&who=,&nonsense=1'))).toEqual({});
	expect(auditSearch(of('outcome=perhaps&since=yesterday'))).toBe('');
});

test('the place in the list is no filter', () => {
	expect(isAuditFilter(of('after=abc'))).toBe(false);
	expect(isAuditFilter(of('after=abc&q=x'))).toBe(true);
	expect(auditSearch(of('after=abc&q=x'))).toBe('?q=x&after=abc');
});

test('what a deed was about, in words', () => {
	expect(aboutOf({ kind: 'kustomizations.kustomize.toolkit.fluxcd.io', namespace: 'shop', name: 'web' })).toBe('kustomizations shop/web');
	expect(aboutOf({ kind: '', namespace: '', name: '' })).toBe('');
});

test('a deed about no object is told by the name its details have', () => {
	const nothing = { kind: '', namespace: '', name: '' };
	expect(gistOf({ ...nothing, details: { userId: '7', username: 'mia', role: 'viewer' } })).toBe('mia');
	expect(gistOf({ ...nothing, details: { expiresInDays: 90, cluster: '3da94332-8fe5-4f80-85c2-45418f8d6fff' } })).toBe('');
	expect(gistOf({ kind: 'pods', namespace: 'shop', name: 'web', details: { name: 'other' } })).toBe('pods shop/web');
});

test('details are told as they are, empty ones not', () => {
	expect(detailsOf({ role: 'viewer', add: [], password: null, rules: [{ actions: ['edit'] }], dryRun: false })).toEqual([
		{ name: 'role', value: 'viewer' },
		{ name: 'rules', value: '[{"actions":["edit"]}]' },
		{ name: 'dryRun', value: 'false' }
	]);
	expect(detailsOf(null)).toEqual([]);
});

test('only what was tried and changed nothing is a dry run', () => {
	expect([{ dryRun: true }, { dryRun: false }, { dryRun: 'true' }, {}, null, [true]].map(isDryRun)).toEqual([true, false, false, false, false, false]);
});
