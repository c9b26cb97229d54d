// One's favourites, live: each with its row, while there is one that may be seen.
import { query, Refusal } from '#lib/api/client.ts';
import type { Favourite } from '#lib/api/preferences.ts';
import { Changes, Page, type Change, type Row } from '#lib/api/rows.ts';
import { follow } from '#lib/live/follow.ts';
import { favouriteKey } from '#lib/session/kept.ts';

const AT_ONCE = 500;
const MOST_PAGES = 20;
const RETRY_AFTER = 4_000;
const SORT = { by: 'NAME', direction: 'ASC' } as const;

export class LiveFavourites {
	rows = $state.raw<ReadonlyMap<string, Row>>(new Map());
	/** Whether they were looked for: what has no row then is not there. */
	known = $state(false);
	readonly #wanted: ReadonlySet<string>;
	readonly #filter: { clusters: string[]; kinds: string[]; namespaces?: string[] };
	#unfollow: (() => void) | undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#reads = 0;
	#stopped = false;

	constructor(favourites: readonly Favourite[]) {
		this.#wanted = new Set(favourites.map(favouriteKey));
		const each = (of: (one: Favourite) => string): string[] => [...new Set(favourites.map(of))].sort();
		const namespaces = each(({ namespace }) => namespace);
		this.#filter = { clusters: each(({ cluster }) => cluster), kinds: each(({ kind }) => kind), ...(namespaces.includes('') ? {} : { namespaces }) };
		void this.#read();
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#timer);
		this.#unfollow?.();
	}

	async #read(): Promise<void> {
		const read = ++this.#reads;
		clearTimeout(this.#timer);
		try {
			const { rows, position } = await this.#look();
			if (this.#stopped || read !== this.#reads) return;
			this.rows = rows;
			this.known = true;
			this.#followFrom(position);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (!this.#stopped && read === this.#reads) this.#timer = setTimeout(() => void this.#read(), RETRY_AFTER);
		}
	}

	/** A page after the other until all are found. What changes meanwhile is told after the position of the first. */
	async #look(): Promise<{ rows: Map<string, Row>; position: string }> {
		const rows = new Map<string, Row>();
		let position = '';
		for (let page = 0; page < MOST_PAGES; page++) {
			const { resources } = await query(Page, { filter: this.#filter, sort: SORT, offset: page * AT_ONCE, first: AT_ONCE, notBefore: null });
			for (const row of resources.nodes.filter((one) => this.#wanted.has(favouriteKey(one)))) rows.set(favouriteKey(row), row);
			position ||= resources.position;
			if (rows.size === this.#wanted.size || (page + 1) * AT_ONCE >= resources.totalCount) break;
		}
		return { rows, position };
	}

	#followFrom(start: string): void {
		let position = start;
		this.#unfollow?.();
		this.#unfollow = follow(Changes, () => ({ filter: this.#filter, after: position }), {
			receive: ({ resourceChanges }) => {
				position = resourceChanges.position;
				this.#take(resourceChanges);
			},
			refused: () => undefined // a kind that nobody serves any more: it has no row
		});
	}

	#take({ type, row }: Change): void {
		if (type === 'RESYNC' || !row) return void this.#read();
		const key = favouriteKey(row);
		if (!this.#wanted.has(key)) return;
		const rows = new Map(this.rows);
		if (type === 'DELETED' || type === 'LEFT') rows.delete(key);
		else rows.set(key, row);
		this.rows = rows;
	}
}
