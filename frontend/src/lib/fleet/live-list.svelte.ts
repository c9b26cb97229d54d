// One live list: loads what is looked at, takes in what changes, and lays itself anew when nobody would mind.
import { query, Refusal } from '#lib/api/client.ts';
import { Changes, Page, type Change, type Row } from '#lib/api/rows.ts';
import { follow } from '#lib/live/follow.ts';
import { CHUNK, RowWindow, type Slot } from './row-window.ts';
import { filterOf, sortOf, type View } from './view.ts';

const LAY_AT_MOST_EVERY = 1_000;
const RETRY_AFTER = 4_000;
const MARGIN = 30; // rows kept on either side of what is seen

export class LiveList {
	/** Grows with everything that has to be drawn anew. */
	version = $state(0);
	total = $state<number | null>(null);
	refusal = $state.raw<Refusal | null>(null);
	/** Changes of order or membership that wait because the pointer is over the rows. */
	waiting = $state(0);

	#window: RowWindow<Row>;
	#seen = { first: 0, last: 40 };
	readonly #loading = new Set<number>();
	#generation = 0;
	#held = false;
	#layTimer: ReturnType<typeof setTimeout> | undefined;
	#retryTimer: ReturnType<typeof setTimeout> | undefined;
	#unfollow: (() => void) | undefined;
	#stopped = false;

	constructor(readonly view: View) {
		this.#window = new RowWindow(view.sort);
		void this.#load(0);
	}

	at(index: number): Slot<Row> | undefined {
		void this.version;
		return this.#window.at(index);
	}

	placeOf(id: string): number | undefined {
		void this.version;
		return this.#window.placeOf(id);
	}

	/** These rows are on the screen. */
	show(first: number, last: number): void {
		this.#seen = { first, last };
		if (this.waiting) return this.layNow(); // rows move under the pointer anyway
		for (const chunk of this.#window.missing(first - MARGIN, last + MARGIN)) void this.#load(chunk);
	}

	/** While the pointer is over the rows, none moves under it. */
	hold(held: boolean): void {
		this.#held = held;
		if (!held && this.waiting) this.layNow();
	}

	layNow(): void {
		clearTimeout(this.#layTimer);
		this.#layTimer = undefined;
		this.waiting = 0;
		void this.#lay();
	}

	retry(): void {
		clearTimeout(this.#retryTimer);
		if (this.#stopped) return;
		this.refusal = null;
		if (this.total === null) void this.#load(0);
		else this.layNow();
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#layTimer);
		clearTimeout(this.#retryTimer);
		this.#unfollow?.();
	}

	/** Reads again what is seen and forgets the rest. */
	async #lay(): Promise<void> {
		const generation = ++this.#generation;
		this.#loading.clear();
		const first = Math.max(0, Math.floor((this.#seen.first - MARGIN) / CHUNK));
		const last = Math.max(first, Math.floor((this.#seen.last + MARGIN) / CHUNK));
		const chunks = Array.from({ length: last - first + 1 }, (_, i) => first + i);
		await Promise.all(chunks.map((chunk) => this.#load(chunk)));
		if (generation !== this.#generation || this.#stopped) return;
		this.#window.keepOnly(first * CHUNK, (last + 1) * CHUNK - 1);
		this.version += 1;
	}

	async #load(chunk: number): Promise<void> {
		if (this.#loading.has(chunk) || this.#stopped) return;
		this.#loading.add(chunk);
		const generation = this.#generation;
		try {
			const { resources: page } = await query(Page, {
				filter: filterOf(this.view),
				sort: sortOf(this.view),
				offset: chunk * CHUNK,
				first: CHUNK,
				notBefore: this.#window.position
			});
			if (this.#stopped || generation !== this.#generation) return;
			this.#window.place(chunk * CHUNK, page.nodes, page.totalCount);
			this.total = page.totalCount;
			this.refusal = null;
			this.version += 1;
			this.#followFrom(page.position);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (this.#stopped || generation !== this.#generation) return;
			this.refusal = error;
			this.#retryTimer = setTimeout(() => this.retry(), RETRY_AFTER);
		} finally {
			if (generation === this.#generation) this.#loading.delete(chunk);
		}
	}

	#followFrom(position: string): void {
		this.#window.position ??= position;
		this.#unfollow ??= follow(Changes, () => ({ filter: filterOf(this.view), after: this.#window.position }), {
			receive: ({ resourceChanges }) => this.#take(resourceChanges)
		});
	}

	#take(change: Change): void {
		const effect = this.#window.merge(change, Date.now());
		if (effect === 'none') return;
		this.version += 1;
		if (effect === 'read') return this.layNow();
		if (effect === 'lay') this.#layLater();
	}

	#layLater(): void {
		if (this.#held) {
			this.waiting += 1;
			return;
		}
		this.#layTimer ??= setTimeout(() => {
			this.#layTimer = undefined;
			if (this.#held) this.waiting += 1;
			else void this.#lay();
		}, LAY_AT_MOST_EVERY);
	}
}
