// The overview, live, with what waits for what.
import { query, Refusal } from '#lib/api/client.ts';
import { OverviewChanges, Page, type Overview, type Row } from '#lib/api/rows.ts';
import { follow } from '#lib/live/follow.ts';
import { isBlocked, type Status } from './status.ts';

const ASIDE_EVERY = 3_000; // what the subscription doesn't carry is read at most this often
const MOST_ASIDE = 500;

export class LiveOverview {
	overview = $state.raw<Overview | null>(null);
	blocked = $state.raw<readonly Row[]>([]);
	/** The failing rows that were read to count their reasons: all, up to a bound. */
	failing = $state.raw<readonly Row[]>([]);
	refusal = $state('');
	readonly #unfollow: () => void;
	#aside: ReturnType<typeof setTimeout> | undefined;
	#stopped = false;

	constructor() {
		this.#unfollow = follow(OverviewChanges, () => ({}), {
			receive: ({ overviewChanges }) => {
				const first = this.overview === null;
				this.overview = overviewChanges;
				this.refusal = '';
				if (first) void this.#readAside();
				else this.#aside ??= setTimeout(() => void this.#readAside(), ASIDE_EVERY);
			},
			refused: (message) => (this.refusal = message)
		});
	}

	stop(): void {
		this.#stopped = true;
		this.#unfollow();
		clearTimeout(this.#aside);
	}

	async #readAside(): Promise<void> {
		this.#aside = undefined;
		await this.#quietly(async () => {
			const [progressing, failing] = await Promise.all([this.#rows('PROGRESSING', 'ASC'), this.#rows('FAILED', 'DESC')]);
			if (this.#stopped) return;
			this.blocked = progressing.filter(isBlocked);
			this.failing = failing;
		});
	}

	async #rows(status: Status, direction: 'ASC' | 'DESC'): Promise<readonly Row[]> {
		if (!this.overview?.byStatus.some((one) => one.status === status && one.count > 0)) return [];
		const sort = { by: 'CHANGED_AT' as const, direction };
		return (await query(Page, { filter: { statuses: [status] }, sort, offset: 0, first: MOST_ASIDE, notBefore: null })).resources.nodes;
	}

	/** What is read aside is read again soon: a refusal now shows as the connection banner, not as an error of its own. */
	async #quietly(read: () => Promise<void>): Promise<void> {
		try {
			await read();
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
		}
	}
}
