// How many rows each choice of each facet would give, live.
import { Counts } from '#lib/api/rows.ts';
import type { ResultOf } from '#lib/api/graphql.ts';
import { follow } from '#lib/live/follow.ts';
import { tally } from './status.ts';
import { FACETS, filterOf, type Facet, type View } from './view.ts';

export interface Choice {
	value: string;
	count: number;
}

type Counted = ResultOf<typeof Counts>['overviewChanges'];

function choicesOf(facet: Facet, counted: Counted): Choice[] {
	if (facet === 'statuses') return tally(counted.byStatus).map(({ status, count }) => ({ value: status, count }));
	if (facet === 'kinds') return counted.byKind.map(({ kind, count }) => ({ value: kind, count }));
	if (facet === 'namespaces') return counted.byNamespace.map(({ namespace, count }) => ({ value: namespace, count }));
	return counted.byCluster.map(({ cluster, count }) => ({ value: cluster, count }));
}

export class FacetCounts {
	total = $state<number | null>(null);
	choices = $state.raw<Partial<Record<Facet, Choice[]>>>({});
	readonly #unfollow: (() => void)[] = [];

	/** A facet counts what the other facets leave; facets that share a filter share a subscription. */
	constructor(view: View) {
		const byFilter = new Map<string, Facet[]>();
		for (const facet of FACETS) {
			const key = JSON.stringify(filterOf(view, facet));
			byFilter.set(key, [...(byFilter.get(key) ?? []), facet]);
		}
		const whole = JSON.stringify(filterOf(view));
		if (!byFilter.has(whole)) byFilter.set(whole, []);
		for (const [key, facets] of byFilter) {
			const filter = JSON.parse(key) as ReturnType<typeof filterOf>;
			this.#unfollow.push(
				follow(Counts, () => ({ filter }), {
					receive: ({ overviewChanges }) => {
						if (key === whole) this.total = overviewChanges.total;
						const fresh = facets.map((facet) => [facet, choicesOf(facet, overviewChanges)]);
						this.choices = { ...this.choices, ...Object.fromEntries(fresh) };
					}
				})
			);
		}
	}

	stop(): void {
		for (const unfollow of this.#unfollow) unfollow();
	}
}
