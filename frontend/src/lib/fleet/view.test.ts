import { describe, expect, test } from 'vitest';
import { EVERYTHING, filterOf, isFiltered, listPath, searchOf, sortedBy, sortOf, toggled, viewOf } from './view.ts';

const at = (search: string) => viewOf(new URLSearchParams(search));

describe('the address of a list', () => {
	test('everything has the shortest address', () => {
		expect(searchOf(EVERYTHING)).toBe('');
		expect(at('')).toEqual(EVERYTHING);
	});

	test('says each filter, the text and the order', () => {
		const view = at('?status=failed,progressing&kind=HelmRelease&ns=prod&cluster=eu&q=time%20out&sort=-changed');
		expect(view).toEqual({
			statuses: ['FAILED', 'PROGRESSING'], kinds: ['HelmRelease'], namespaces: ['prod'], clusters: ['eu'],
			text: 'time out', sort: 'changed', descending: true
		});
		expect(at(searchOf(view))).toEqual(view);
	});

	test('equal views have equal addresses, in whatever order things were chosen', () => {
		expect(searchOf(at('?ns=b,a&status=failed'))).toBe('?status=failed&ns=a,b');
		expect(searchOf(at('?status=failed&ns=a&ns=b'))).toBe('?status=failed&ns=a,b');
	});

	test.each(['?status=dreadful', '?sort=__proto__', '?sort=-toString', '?status=constructor', '?kind=,,'])('what makes no sense is left out: %s', (search) => {
		expect(at(search)).toEqual(EVERYTHING);
	});

	test('a text of a megabyte is cut', () => {
		expect(at(`?q=${'x'.repeat(1_000_000)}`).text).toHaveLength(200);
	});

	test('a name with signs of its own survives', () => {
		const view = { ...EVERYTHING, namespaces: ['a&b=c'], text: '?#&%' };
		expect(at(searchOf(view))).toEqual(view);
	});

	test('a count leads to its rows', () => {
		expect(listPath({ kinds: ['Kustomization'], statuses: ['FAILED'] })).toBe('/resources?status=failed&kind=Kustomization');
	});
});

describe('choosing', () => {
	test('a choice is switched on and off again', () => {
		const on = toggled(EVERYTHING, 'kinds', 'Alert');
		expect(on.kinds).toEqual(['Alert']);
		expect(toggled(on, 'kinds', 'Alert')).toEqual(EVERYTHING);
	});

	test('the same column again turns the order round, another begins ascending', () => {
		const byName = sortedBy(EVERYTHING, 'name');
		expect(sortOf(byName)).toEqual({ by: 'NAME', direction: 'ASC' });
		expect(sortOf(sortedBy(byName, 'name'))).toEqual({ by: 'NAME', direction: 'DESC' });
		expect(sortOf(sortedBy(sortedBy(byName, 'name'), 'changed'))).toEqual({ by: 'CHANGED_AT', direction: 'ASC' });
	});

	test('the filter of a facet leaves that facet open', () => {
		const view = at('?status=failed&kind=Alert&q=%20x%20');
		expect(filterOf(view)).toEqual({ statuses: ['FAILED'], kinds: ['Alert'], text: 'x' });
		expect(filterOf(view, 'kinds')).toEqual({ statuses: ['FAILED'], text: 'x' });
		expect(filterOf(EVERYTHING)).toEqual({});
	});

	test('order alone is no filter', () => {
		expect(isFiltered(at('?sort=name'))).toBe(false);
		expect(isFiltered(at('?q=a'))).toBe(true);
	});
});
