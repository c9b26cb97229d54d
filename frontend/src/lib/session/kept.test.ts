import { expect, test } from 'vitest';
import { favouriteKey, isFavourite, toggledFavourite, withoutView, withView } from './kept.ts';

const apps = { cluster: 'prod', kind: 'Kustomization', namespace: 'flux-system', name: 'apps' };
const web = { ...apps, name: 'web' };

test('a favourite is put last, once, with nothing but its address', () => {
	const row = { ...web, status: 'READY' };
	expect(toggledFavourite([apps], row, true)).toEqual([apps, web]);
	expect(toggledFavourite([apps, web], apps, true)).toEqual([web, apps]);
	expect(toggledFavourite([apps, web], apps, false)).toEqual([web]);
	expect(toggledFavourite([web], apps, false)).toEqual([web]);
});

test('the same name elsewhere is another object', () => {
	expect(isFavourite([apps], { ...apps })).toBe(true);
	expect(isFavourite([apps], { ...apps, cluster: 'test' })).toBe(false);
	expect(favouriteKey({ ...apps, namespace: 'a', name: 'b","c' })).not.toBe(favouriteKey({ ...apps, namespace: 'a","b', name: 'c' }));
});

test('a view takes the place of the one of its name', () => {
	const [mine, night] = [{ name: 'mine', query: 'ns=a' }, { name: 'night', query: 'status=failed' }];
	expect(withView([mine], night)).toEqual([mine, night]);
	expect(withView([mine, night], { name: 'mine', query: 'ns=b' })).toEqual([{ name: 'mine', query: 'ns=b' }, night]);
	expect(withoutView([mine, night], 'mine')).toEqual([night]);
});
