// The clusters as Gyre knows them, told as they change: one subscription for all pages.
import { query, Refusal } from '#lib/api/client.ts';
import { ClusterChanges, Clusters, type Cluster } from '#lib/api/rows.ts';
import { follow } from '#lib/live/follow.ts';
import { troublesOf } from './trouble.ts';

class Watched {
	all = $state.raw<readonly Cluster[]>([]);
	/** Whether they were read at all. */
	known = $state(false);
	readonly troubles = $derived(troublesOf(this.all));

	/** Listens until the returned function is called: made for `$effect`. */
	watch(): () => void {
		return follow(ClusterChanges, () => ({}), {
			receive: ({ clusterChanges }) => this.#keep(clusterChanges.clusters)
		});
	}

	/** Asks once, for who does not want to wait. */
	async look(): Promise<void> {
		try {
			this.#keep((await query(Clusters, {})).clusters);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error; // the connection banner tells of a lost server
		}
	}

	#keep(found: readonly Cluster[]): void {
		this.all = found;
		this.known = true;
	}
}

export const clusters = new Watched();
