import { describe, expect, test } from 'vitest';
import { dangersOf, kindsOf, whyTyped } from './deleting.ts';

const apps = (kind: string, group = 'apps'): { group: string; kind: string } => ({ group, kind });
const PLAIN = { kind: 'Kustomization', namespace: 'shop', dependents: [], annotations: [] };
const going = (...removed: { group: string; kind: string }[]): { total: number; removed: { group: string; kind: string }[] } => ({ total: removed.length, removed });

test('what goes is counted by kind, the most frequent first', () => {
	expect(kindsOf([apps('Deployment'), apps('Service', ''), apps('Deployment'), apps('ConfigMap', '')])).toEqual([
		{ kind: 'Deployment', count: 2 },
		{ kind: 'ConfigMap', count: 1 },
		{ kind: 'Service', count: 1 }
	]);
});

test('what takes more along than itself is said, and only the kind of that very group', () => {
	expect(dangersOf([apps('Deployment'), apps('Namespace', 'example.com')])).toEqual([]);
	expect(dangersOf([apps('Namespace', ''), apps('PersistentVolumeClaim', ''), apps('PersistentVolumeClaim', '')])).toEqual([
		'A Namespace is among them, with everything that is in it.',
		'2 objects of kind PersistentVolumeClaim are among them, each with the data it holds, unless its class keeps it.'
	]);
});

describe('the name has to be typed', () => {
	test('not for one that takes little along and that nobody needs', () => {
		expect(whyTyped(PLAIN, going(apps('Deployment')))).toBe('');
	});
	test.each([
		['because of what it takes along', PLAIN, going(apps('Namespace', ''))],
		['because so much goes with it', PLAIN, { total: 10, removed: [] }],
		['because others need it', { ...PLAIN, dependents: [{}] }, going()],
		['because it belongs to Flux itself', { ...PLAIN, namespace: 'flux-system' }, going()],
		['because it belongs to Flux itself', { ...PLAIN, kind: 'FluxInstance' }, going()],
		['because it is marked to be kept', { ...PLAIN, annotations: [{ key: 'kustomize.toolkit.fluxcd.io/prune', value: 'Disabled' }] }, going()]
	])('%s', (why, object, preview) => {
		expect(whyTyped(object, preview)).toBe(why);
	});
});
