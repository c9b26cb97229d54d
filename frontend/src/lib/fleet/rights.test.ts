import { expect, test } from 'vitest';
import { distinctPlaces, requestOf, type Place } from './rights.ts';

const APPS: Place = { cluster: 'default', kind: 'Kustomization', plural: 'kustomizations', namespace: 'prod' };
const access = (action: 'SUSPEND' | 'EDIT' | 'DELETE', allowed: boolean): { action: typeof action; allowed: boolean; because: string } => ({ action, allowed, because: '' });

test('what is missing is asked for by action, kind, namespace and cluster, and nothing else is', () => {
	const charts = { ...APPS, plural: 'helmcharts', namespace: 'shop' };
	const answered = [
		{ place: APPS, access: [access('SUSPEND', false), access('EDIT', true), access('DELETE', false)] },
		{ place: charts, access: [access('EDIT', true)] }
	];
	expect(requestOf('eve', answered)).toBe(`Please give Gyre's user "eve" a policy that allows:\n- suspend and delete on kustomizations in namespace prod of cluster default`);
	expect(requestOf('eve', answered.slice(1))).toBe('');
});

test('a place stands once, however many objects are in it', () => {
	expect(distinctPlaces([APPS, { ...APPS }, { ...APPS, namespace: 'shop' }])).toEqual([APPS, { ...APPS, namespace: 'shop' }]);
});
