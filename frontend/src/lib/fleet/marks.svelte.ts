// Rows one has marked to act on together, and what one may do with them.
import { SvelteMap } from 'svelte/reactivity';
import { query, Refusal } from '#lib/api/client.ts';
import { ActableQuery } from '#lib/api/object.ts';
import type { Row } from '#lib/api/rows.ts';
import { canDo } from './action.svelte.ts';
import type { May } from './choosing.ts';

/** More at once is a change of policy: that is made in the repository. */
export const MOST_MARKED = 50;

const NOTHING: May = { reconcile: false, suspend: false };

/** Rights are given by cluster, kind and namespace, never by name. */
const placeOf = ({ cluster, group, kind, namespace }: Row): string => `${cluster}/${group}/${kind}/${namespace}`;

export class Marks {
	readonly rows = new SvelteMap<string, Row>();
	readonly #may = new SvelteMap<string, May>();
	/** Said when one more than may be was marked. */
	full = $state(false);

	has(id: string): boolean {
		return this.rows.has(id);
	}

	toggle(row: Row): void {
		this.full = false;
		if (this.rows.delete(row.id)) return;
		if (this.rows.size >= MOST_MARKED) {
			this.full = true;
			return;
		}
		this.rows.set(row.id, row);
		void this.learn(row);
	}

	clear(): void {
		this.rows.clear();
		this.#may.clear(); // rights change: what is marked next is asked anew
		this.full = false;
	}

	/** What one may do with a row; nothing while that is not known. */
	may(row: Row): May {
		return this.#may.get(placeOf(row)) ?? NOTHING;
	}

	isKnown(row: Row): boolean {
		return this.#may.has(placeOf(row));
	}

	async learn(row: Row): Promise<May> {
		const known = this.#may.get(placeOf(row));
		if (known) return known;
		try {
			const { cluster, kind, namespace, name } = row;
			const [{ resource }, can] = await Promise.all([query(ActableQuery, { cluster, kind, namespace, name, notBefore: null }), canDo(row)]);
			const may = { reconcile: can.reconcile && resource.allowed.includes('RECONCILE'), suspend: can.suspend && resource.allowed.includes('SUSPEND') };
			this.#may.set(placeOf(row), may);
			return may;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			return NOTHING; // it is gone, or the connection is: the list tells
		}
	}
}
