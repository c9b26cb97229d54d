// The clusters as Gyre knows them: one look for all pages. A cluster that went away sends nothing that would tell of it.
import { query, Refusal } from '#lib/api/client.ts';
import { Clusters, type Cluster } from '#lib/api/rows.ts';
import { troublesOf } from './trouble.ts';

const EVERY = 10_000;

class Watched {
	all = $state.raw<readonly Cluster[]>([]);
	/** Whether they were read at all. */
	known = $state(false);
	readonly troubles = $derived(troublesOf(this.all));

	/** Looks again and again until the returned function is called: made for `$effect`. */
	watch(): () => void {
		void this.look();
		const timer = setInterval(() => document.visibilityState === 'visible' && void this.look(), EVERY);
		const seen = (): void => void (document.visibilityState === 'visible' && this.look());
		document.addEventListener('visibilitychange', seen);
		return () => {
			clearInterval(timer);
			document.removeEventListener('visibilitychange', seen);
		};
	}

	async look(): Promise<void> {
		try {
			this.all = (await query(Clusters, {})).clusters;
			this.known = true;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error; // the connection banner tells of a lost server
		}
	}
}

export const clusters = new Watched();
