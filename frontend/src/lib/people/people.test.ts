import { expect, test } from 'vitest';
import { asked, beginning, listSearch, listViewOf, policyPath } from './people.ts';

const of = (search: string) => listViewOf(new URLSearchParams(search));

test('the part of a list stands in its address', () => {
	expect(of('?q=ada&page=3')).toEqual({ text: 'ada', page: 3 });
	expect(listSearch({ text: ' ada & co ', page: 3 })).toBe('?q=ada%20%26%20co&page=3');
	expect(listSearch({ text: ' ', page: 1 })).toBe('');
	expect(asked({ text: 'ada ', page: 3 })).toEqual({ text: 'ada', first: 50, offset: 100 });
});

test.each(['0', '-1', '1.5', 'x', '1e9'])('page %s is the first', (page) => expect(of(`?page=${page}`).page).toBe(1));

test('a name keeps its space and slashes in an address', () => expect(policyPath('night watch/2')).toBe('/admin/policies/night%20watch%2F2'));

test('who begins with what is typed comes first, else by name', () => {
	expect(beginning('mi', ['admin', 'mia', 'mila', 'yumi'], (name) => name)).toEqual(['mia', 'mila', 'admin', 'yumi']);
});
