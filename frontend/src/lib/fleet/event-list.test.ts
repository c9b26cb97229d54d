import { expect, test } from 'vitest';
import { extended, merged, type Events } from './event-list.ts';

interface E {
	id: string;
	lastAt: string;
	count?: number;
}
const at = (id: string, minute: number, count = 1): E => ({ id, lastAt: `2026-01-01T00:0${minute}:00Z`, count });
const list = (events: E[], more = false, total = events.length): Events<E> => ({ events, more, total });
const ids = (events: Events<E> | null): string[] | undefined => events?.events.map(({ id }) => id);

test('a new event stands where its moment says', () => {
	const before = list([at('c', 3), at('a', 1)]);
	expect(ids(merged(before, { type: 'ADDED', event: at('d', 4) }))).toEqual(['d', 'c', 'a']);
	expect(ids(merged(before, { type: 'ADDED', event: at('b', 2) }))).toEqual(['c', 'b', 'a']);
	const half = merged(before, { type: 'ADDED', event: { id: 'half', lastAt: '2026-01-01T00:03:00.5Z' } });
	expect([ids(half), half?.total]).toEqual([['half', 'c', 'a'], 3]);
});

test('one that is told again moves to the front and counts once', () => {
	const after = merged(list([at('c', 3), at('a', 1)]), { type: 'MODIFIED', event: at('a', 4, 2) });
	expect(after).toEqual(list([at('a', 4, 2), at('c', 3)]));
});

test('what is gone or left is gone', () => {
	const before = list([at('c', 3), at('a', 1)], true, 9);
	expect(merged(before, { type: 'DELETED', event: at('c', 3) })).toEqual(list([at('a', 1)], true, 8));
	expect(merged(before, { type: 'LEFT', event: at('unseen', 0) })).toEqual(list([at('c', 3), at('a', 1)], true, 8));
});

test('what is older than the page waits for its own', () => {
	const before = list([at('c', 3), at('b', 2)], true, 5);
	expect(merged(before, { type: 'ADDED', event: at('a', 1) })).toEqual(list([at('c', 3), at('b', 2)], true, 6));
	expect(ids(merged(list([at('c', 3)]), { type: 'ADDED', event: at('a', 1) }))).toEqual(['c', 'a']);
});

test('a resync means to read again', () => {
	expect(merged(list([at('a', 1)]), { type: 'RESYNC', event: null })).toBeNull();
});

test('the next page is put behind, without what is there already or went meanwhile', () => {
	const page = list([at('b', 2), at('a', 1), at('gone', 0)], false, 99);
	const after = extended(list([at('c', 3), at('b', 2)], true, 3), page, new Set(['gone']));
	expect(after).toEqual(list([at('c', 3), at('b', 2), at('a', 1)], false, 3));
});
