import { expect, test } from 'vitest';
import { ALL_EVENTS, eventFilterOf, eventsPath, eventsViewOf, isEventFilter } from './events-view.ts';

const read = (search: string): ReturnType<typeof eventsViewOf> => eventsViewOf(new URLSearchParams(search));

test('an address and its view say the same', () => {
	const view = { warnings: true, kind: 'HelmRelease', namespace: 'shop', cluster: 'eu & us', text: 'not found' };
	const path = eventsPath(view);
	expect(path).toBe('/events?type=warning&kind=HelmRelease&ns=shop&cluster=eu%20%26%20us&q=not%20found');
	expect(read(path.slice(path.indexOf('?')))).toEqual(view);
});

test('what makes no sense is left out', () => {
	expect(read('?type=loud&kind=&unknown=1')).toEqual(ALL_EVENTS);
	expect(read(`?q=${'a'.repeat(300)}`).text).toHaveLength(200);
	expect([isEventFilter(ALL_EVENTS), isEventFilter(read('?type=WARNING')), eventsPath({})]).toEqual([false, true, '/events']);
});

test('only what is chosen is asked for', () => {
	expect(eventFilterOf(ALL_EVENTS)).toEqual({});
	expect(eventFilterOf(read('?type=warning&ns=a&kind=ks&cluster=c&q=%20x%20'))).toEqual({
		types: ['WARNING'], namespaces: ['a'], kinds: ['ks'], clusters: ['c'], text: 'x'
	});
});
