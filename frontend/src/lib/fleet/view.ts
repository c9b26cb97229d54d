// What a list shows, as its address says it: filters, text, order. The address is the only place it is kept.
import type { VariablesOf } from '#lib/api/graphql.ts';
import type { Page } from '#lib/api/rows.ts';
import { isStatus, type Status } from './status.ts';

export type ResourceFilter = NonNullable<VariablesOf<typeof Page>['filter']>;

/** What is read of an address: SvelteKit's is read-only. */
export type Parameters = Pick<URLSearchParams, 'get' | 'getAll'>;

export const SORTS = {
	status: 'STATUS',
	name: 'NAME',
	namespace: 'NAMESPACE',
	kind: 'KIND',
	cluster: 'CLUSTER',
	changed: 'CHANGED_AT',
	reconciled: 'RECONCILED_AT',
	created: 'CREATED_AT'
} as const;
export type Sort = keyof typeof SORTS;

/** Each order in words, for where no column stands for it. */
export const SORT_WORDS: Record<Sort, string> = {
	status: 'Failing first',
	name: 'Name',
	namespace: 'Namespace',
	kind: 'Kind',
	cluster: 'Cluster',
	changed: 'Status changed',
	reconciled: 'Reconciled',
	created: 'Created'
};

export type Facet = 'statuses' | 'kinds' | 'namespaces' | 'clusters';
export const FACETS: readonly Facet[] = ['statuses', 'kinds', 'namespaces', 'clusters'];

export interface View {
	statuses: readonly Status[];
	kinds: readonly string[];
	namespaces: readonly string[];
	clusters: readonly string[];
	text: string;
	sort: Sort;
	descending: boolean;
}

const PARAMETER: Record<Facet, string> = { statuses: 'status', kinds: 'kind', namespaces: 'ns', clusters: 'cluster' };
const LONGEST_TEXT = 200;
const MOST_VALUES = 50;

export const EVERYTHING: View = {
	statuses: [], kinds: [], namespaces: [], clusters: [], text: '', sort: 'status', descending: false
};

function values(parameters: Parameters, name: string): string[] {
	const all = parameters.getAll(name).flatMap((value) => value.split(','));
	return [...new Set(all.map((value) => value.trim()).filter(Boolean))].slice(0, MOST_VALUES);
}

const isSort = (text: string): text is Sort => Object.hasOwn(SORTS, text);

/** The view an address means. What makes no sense in it is left out, never an error: people edit addresses. */
export function viewOf(parameters: Parameters): View {
	const order = parameters.get('sort') ?? '';
	const sort = order.replace(/^-/, '');
	return {
		statuses: values(parameters, PARAMETER.statuses).map((value) => value.toUpperCase()).filter(isStatus),
		kinds: values(parameters, PARAMETER.kinds),
		namespaces: values(parameters, PARAMETER.namespaces),
		clusters: values(parameters, PARAMETER.clusters),
		text: (parameters.get('q') ?? '').slice(0, LONGEST_TEXT),
		sort: isSort(sort) ? sort : EVERYTHING.sort,
		descending: isSort(sort) && order.startsWith('-')
	};
}

/** The search part of the address of a view: '' or '?…', the same for equal views. */
export function searchOf(view: View): string {
	const parts: string[] = [];
	for (const facet of FACETS) {
		const chosen = view[facet];
		if (chosen.length) {
			const text = [...chosen].sort().map((value) => encodeURIComponent(facet === 'statuses' ? value.toLowerCase() : value));
			parts.push(`${PARAMETER[facet]}=${text.join(',')}`);
		}
	}
	if (view.text) parts.push(`q=${encodeURIComponent(view.text)}`);
	if (view.sort !== EVERYTHING.sort || view.descending) parts.push(`sort=${view.descending ? '-' : ''}${view.sort}`);
	return parts.length ? `?${parts.join('&')}` : '';
}

export const listPath = (part: Partial<View>): string => `/resources${searchOf({ ...EVERYTHING, ...part })}`;

/** With `value` switched on or off in a facet. */
export function toggled(view: View, facet: Facet, value: string): View {
	const chosen: readonly string[] = view[facet];
	const next = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
	return { ...view, [facet]: next };
}

/** Sorted by a column: again the same column turns the order round. */
export function sortedBy(view: View, sort: Sort): View {
	return { ...view, sort, descending: view.sort === sort ? !view.descending : false };
}

/** The filter the server is asked with; `without` leaves one facet open, to count what else could be chosen. */
export function filterOf(view: View, without?: Facet): ResourceFilter {
	const filter: ResourceFilter = {};
	for (const facet of FACETS) {
		if (facet !== without && view[facet].length) Object.assign(filter, { [facet]: [...view[facet]] });
	}
	if (view.text.trim()) filter.text = view.text.trim();
	return filter;
}

export const sortOf = (view: View): { by: (typeof SORTS)[Sort]; direction: 'ASC' | 'DESC' } => ({
	by: SORTS[view.sort],
	direction: view.descending ? 'DESC' : 'ASC'
});

/** Whether anything is filtered at all. */
export const isFiltered = (view: View): boolean => view.text !== '' || FACETS.some((facet) => view[facet].length > 0);
