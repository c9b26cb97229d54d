// What the page of events shows, as its address says it. The address is the only place it is kept.
import { searchOfPairs } from '#lib/address.ts';
import type { EventFilter } from '#lib/api/events.ts';
import type { Parameters } from './view.ts';

export interface EventsView {
	warnings: boolean;
	kind: string;
	namespace: string;
	cluster: string;
	text: string;
}

const LONGEST_TEXT = 200;
export const ALL_EVENTS: EventsView = { warnings: false, kind: '', namespace: '', cluster: '', text: '' };

/** The view an address means. What makes no sense in it is left out, never an error: people edit addresses. */
export const eventsViewOf = (parameters: Parameters): EventsView => ({
	warnings: parameters.get('type')?.toLowerCase() === 'warning',
	kind: parameters.get('kind')?.trim() ?? '',
	namespace: parameters.get('ns')?.trim() ?? '',
	cluster: parameters.get('cluster')?.trim() ?? '',
	text: (parameters.get('q') ?? '').slice(0, LONGEST_TEXT)
});

/** The address of a view, the same for equal views. */
export function eventsPath(part: Partial<EventsView>): string {
	const view = { ...ALL_EVENTS, ...part };
	return `/events${searchOfPairs([['type', view.warnings ? 'warning' : ''], ['kind', view.kind], ['ns', view.namespace], ['cluster', view.cluster], ['q', view.text]])}`;
}

/** The filter the server is asked with. */
export function eventFilterOf(view: EventsView): EventFilter {
	const filter: EventFilter = {};
	if (view.warnings) filter.types = ['WARNING'];
	if (view.kind) filter.kinds = [view.kind];
	if (view.namespace) filter.namespaces = [view.namespace];
	if (view.cluster) filter.clusters = [view.cluster];
	if (view.text.trim()) filter.text = view.text.trim();
	return filter;
}

export const isEventFilter = (view: EventsView): boolean => eventsPath(view) !== '/events';
