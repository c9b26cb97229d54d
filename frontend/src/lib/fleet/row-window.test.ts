import { describe, expect, test } from 'vitest';
import { RowWindow, type Changelike, type Rowlike } from './row-window.ts';
import type { Sort } from './view.ts';

const row = (name: string, version = 1, more: Partial<Rowlike> = {}): Rowlike => ({
	id: name, name, status: 'READY', resourceVersion: String(version), changedAt: null, reconciledAt: null, ...more
});
const change = (type: Changelike<Rowlike>['type'], changed: Rowlike | null, more: Partial<Changelike<Rowlike>> = {}): Changelike<Rowlike> => ({
	type, row: changed, position: `p${changed?.resourceVersion ?? ''}`, previousStatus: changed?.status ?? null, ...more
});
const NOW = 1_000;

function loaded(sort: Sort = 'name', names = ['a', 'b', 'c'], total = names.length): RowWindow<Rowlike> {
	const window = new RowWindow<Rowlike>(sort);
	window.place(0, names.map((name) => row(name)), total);
	return window;
}
const names = (window: RowWindow<Rowlike>): (string | undefined)[] => Array.from({ length: window.total }, (_, i) => window.at(i)?.row.name);

describe('pages', () => {
	test('what is looked at and not loaded is missing, by chunks of a hundred', () => {
		const window = loaded('name', Array.from({ length: 100 }, (_, i) => `r${i}`), 10_000);
		expect(window.missing(0, 40)).toEqual([]);
		expect(window.missing(90, 130)).toEqual([1]);
		expect(window.missing(9_950, 10_050)).toEqual([99]);
	});

	test('rows that moved are in their new place only', () => {
		const window = loaded();
		window.place(0, [row('b'), row('a'), row('c')], 3);
		expect(names(window)).toEqual(['b', 'a', 'c']);
		expect(window.placeOf('a')).toBe(1);
	});

	test('a page that came late does not undo a newer change', () => {
		const window = loaded();
		window.merge(change('MODIFIED', row('b', 7, { status: 'FAILED' })), NOW);
		window.place(0, [row('a'), row('b', 5), row('c')], 3);
		expect(window.at(1)?.row).toMatchObject({ resourceVersion: '7', status: 'FAILED' });
	});

	test('a shorter list drops what is beyond its end', () => {
		const window = loaded();
		window.place(0, [row('a')], 1);
		expect(names(window)).toEqual(['a']);
		expect(window.placeOf('c')).toBeUndefined();
	});

	test('what is far away is forgotten and missing again', () => {
		const window = loaded('name', Array.from({ length: 200 }, (_, i) => `r${i}`), 500);
		window.keepOnly(100, 199);
		expect(window.at(0)).toBeUndefined();
		expect(window.at(150)?.row.name).toBe('r150');
		expect(window.missing(0, 150)).toEqual([0]);
	});
});

describe('changes', () => {
	test('a changed row is drawn in its place and shown to have changed', () => {
		const window = loaded();
		expect(window.merge(change('MODIFIED', row('b', 2, { status: 'FAILED' })), NOW)).toBe('draw');
		expect(window.at(1)).toEqual({ row: row('b', 2, { status: 'FAILED' }), gone: false, stir: { at: NOW, count: 1 } });
		window.merge(change('MODIFIED', row('b', 3)), NOW + 5);
		expect(window.at(1)?.stir).toEqual({ at: NOW + 5, count: 2 });
	});

	test('what the page had already changes nothing', () => {
		expect(loaded().merge(change('MODIFIED', row('b', 1)), NOW)).toBe('none');
	});

	test('a row that changed what the list is sorted by asks to lay the list anew', () => {
		const window = loaded('status');
		expect(window.merge(change('MODIFIED', row('b', 2, { status: 'FAILED' })), NOW)).toBe('lay');
		expect(names(window)).toEqual(['a', 'b', 'c']);
	});

	test.each(['DELETED', 'LEFT'] as const)('a row that is %s keeps its place, marked, until then', (type) => {
		const window = loaded();
		expect(window.merge(change(type, row('b', 2)), NOW)).toBe('lay');
		expect(window.at(1)?.gone).toBe(true);
		expect(window.total).toBe(3);
	});

	test('a row that comes back is not gone any more', () => {
		const window = loaded();
		window.merge(change('LEFT', row('b', 2)), NOW);
		window.merge(change('ADDED', row('b', 3)), NOW);
		expect(window.at(1)?.gone).toBe(false);
	});

	test('a new row asks to lay the list anew, and is shown to be new when it is there', () => {
		const window = loaded();
		expect(window.merge(change('ADDED', row('bb', 9)), NOW)).toBe('lay');
		window.place(0, [row('a'), row('b'), row('bb', 9), row('c')], 4);
		expect(window.at(2)?.stir).toEqual({ at: NOW, count: 1 });
	});

	test('far from what is loaded, only what moves rows matters', () => {
		expect(loaded('name').merge(change('MODIFIED', row('zz', 2)), NOW)).toBe('none');
		expect(loaded('status').merge(change('MODIFIED', row('zz', 2), { previousStatus: 'READY' }), NOW)).toBe('none');
		expect(loaded('status').merge(change('MODIFIED', row('zz', 2), { previousStatus: 'FAILED' }), NOW)).toBe('lay');
		expect(loaded('changed').merge(change('MODIFIED', row('zz', 2)), NOW)).toBe('lay');
		expect(loaded('name').merge(change('DELETED', row('zz', 2)), NOW)).toBe('lay');
	});

	test('RESYNC asks to read all again, from its position', () => {
		const window = loaded();
		expect(window.merge(change('RESYNC', null, { position: 'fresh' }), NOW)).toBe('read');
		expect(window.position).toBe('fresh');
	});

	test('the position is that of the last change, whatever it did', () => {
		const window = loaded();
		window.merge(change('MODIFIED', row('zz', 41)), NOW);
		expect(window.position).toBe('p41');
	});

	test('what is kept of changes is bounded', () => {
		const window = loaded();
		for (let i = 0; i < 2_000; i++) window.merge(change('MODIFIED', row(`x${i}`, i)), NOW);
		window.place(0, [row('x0'), row('x1999')], 2);
		expect(window.at(0)?.stir).toBeUndefined();
		expect(window.at(1)?.stir).toEqual({ at: NOW, count: 1 });
	});
});
