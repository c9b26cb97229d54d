// What a filter finds now, live: how many, of which kinds, in which namespaces; and the first of them by name while somebody looks.
import { query, Refusal } from '#lib/api/client.ts';
import type { ResultOf } from '#lib/api/graphql.ts';
import { Counts, Page, type Row } from '#lib/api/rows.ts';
import type { ResourceFilter } from '#lib/fleet/view.ts';
import { follow } from '#lib/live/follow.ts';

const FIRST = 50;
const LIST_AT_MOST_EVERY = 2_000;

type Counted = ResultOf<typeof Counts>['overviewChanges'];

export class Matches {
	counted = $state.raw<Counted | null>(null);
	rows = $state.raw<readonly Row[] | null>(null);
	refusal = $state('');
	#listing = false;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#stopped = false;
	readonly #unfollow: () => void;

	constructor(readonly filter: ResourceFilter) {
		this.#unfollow = follow(Counts, () => ({ filter }), {
			receive: ({ overviewChanges }) => {
				this.counted = overviewChanges;
				this.refusal = '';
				if (this.#listing) this.#timer ??= setTimeout(() => void this.#list(), LIST_AT_MOST_EVERY);
			},
			refused: (message) => (this.refusal = message)
		});
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#timer);
		this.#unfollow();
	}

	/** Whether somebody looks at the objects themselves. */
	list(wanted: boolean): void {
		if (wanted && !this.#listing) void this.#list();
		this.#listing = wanted;
	}

	async #list(): Promise<void> {
		this.#timer = undefined;
		try {
			const { resources } = await query(Page, { filter: this.filter, sort: { by: 'NAME', direction: 'ASC' }, offset: 0, first: FIRST });
			if (!this.#stopped) this.rows = resources.nodes;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			this.refusal = error.message;
		}
	}
}
