import { describe, expect, test } from 'vitest';
import { blockKey, rootsOf, type Waiting } from './blocked.ts';

const named = (name: string) => ({ kind: 'Kustomization', namespace: 'apps', name });
const blocked = (name: string, ...on: string[]): Waiting => ({
	...named(name), id: name, cluster: 'default', status: 'PROGRESSING', reason: 'DependencyNotReady', dependsOn: on.map(named)
});
const told = (rows: Waiting[]) => rootsOf(rows).map(({ name, blocks, cycle }) => [name, blocks.map((row) => row.name).sort(), cycle]);

describe('the roots of chains', () => {
	test('a chain of three is blocked by its first', () => {
		expect(told([blocked('c', 'b'), blocked('b', 'a')])).toEqual([['a', ['b', 'c'], false]]);
	});

	test('who blocks more comes first', () => {
		expect(told([blocked('x', 'one'), blocked('y', 'two'), blocked('z', 'two')]).map(([name]) => name)).toEqual(['two', 'one']);
	});

	test('a cycle is told as one and does not loop', () => {
		expect(told([blocked('a', 'b'), blocked('b', 'a')])).toEqual([['a', ['a'], true], ['b', ['b'], true]]);
	});

	test('who waits behind a cycle does not loop either', () => {
		expect(told([blocked('a', 'b'), blocked('b', 'a'), blocked('c', 'a')]).map(([name]) => name)).toEqual(['a', 'b']);
	});

	test('one that merely works is nobody’s block', () => {
		expect(told([{ ...blocked('a', 'b'), reason: 'Progressing' }])).toEqual([]);
	});

	test('a dependency that is ready does not block', () => {
		const ready = new Set([blockKey('default', named('fine'))]);
		expect(rootsOf([blocked('a', 'fine', 'broken')], ready).map(({ name }) => name)).toEqual(['broken']);
	});

	test('the same name in another cluster is another object', () => {
		const rows = [blocked('a', 'root'), { ...blocked('a', 'root'), id: 'eu/a', cluster: 'eu' }];
		expect(rootsOf(rows).map(({ cluster, blocks }) => [cluster, blocks.length])).toEqual([['default', 1], ['eu', 1]]);
	});
});
