// Kubernetes Events, live: the newest first, older ones as they are asked for.
import { query, Refusal } from '#lib/api/client.ts';
import type { ResultOf } from '#lib/api/graphql.ts';
import { EventChanges, EventPage, type EventChange, type EventFilter, type EventProblem, type FluxEvent } from '#lib/api/events.ts';
import { follow } from '#lib/live/follow.ts';
import { extended, merged, type Events } from './event-list.ts';

type Page = ResultOf<typeof EventPage>['events'];

const RETRY_AFTER = 4_000;

export class LiveEvents {
	list = $state.raw<Events<FluxEvent> | null>(null);
	problems = $state.raw<readonly EventProblem[]>([]);
	refusal = $state.raw<Refusal | null>(null);
	reading = $state(false);
	#cursor: string | null = null;
	#reads = 0;
	/** What went while older ones are read: their page may still have it. */
	#gone = new Set<string>();
	#unfollow: (() => void) | undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#stopped = false;

	constructor(
		readonly filter: EventFilter,
		readonly size: number
	) {
		void this.read();
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#timer);
		this.#unfollow?.();
	}

	/** Reads the newest, and follows from there. */
	read = (): Promise<void> =>
		this.#ask(null, (page) => {
			this.list = { events: page.nodes, total: page.totalCount, more: page.pageInfo.hasNextPage };
			this.problems = page.errors;
			this.#followFrom(page.position);
		});

	/** Reads older ones. */
	more = async (): Promise<void> => {
		if (this.reading || !this.list?.more) return;
		await this.#ask(this.#cursor, (page) => {
			const older = { events: page.nodes, total: page.totalCount, more: page.pageInfo.hasNextPage };
			if (this.list) this.list = extended(this.list, older, this.#gone);
		});
	};

	async #ask(after: string | null, take: (page: Page) => void): Promise<void> {
		const read = ++this.#reads;
		clearTimeout(this.#timer);
		this.reading = true;
		this.#gone = new Set();
		try {
			const { events: page } = await query(EventPage, { filter: this.filter, first: this.size, after });
			if (this.#stopped || read !== this.#reads) return;
			take(page);
			this.#cursor = page.pageInfo.endCursor ?? this.#cursor;
			this.refusal = null;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (this.#stopped || read !== this.#reads) return;
			this.refusal = error;
			this.#timer = setTimeout(() => void this.#ask(after, take), RETRY_AFTER);
		} finally {
			if (read === this.#reads) this.reading = false;
		}
	}

	#followFrom(start: string): void {
		let position = start;
		this.#unfollow?.();
		this.#unfollow = follow(EventChanges, () => ({ filter: this.filter, after: position }), {
			receive: ({ eventChanges }) => {
				position = eventChanges.position;
				this.#take(eventChanges);
			}
		});
	}

	#take(change: EventChange): void {
		if (!this.list) return;
		if (change.event && (change.type === 'DELETED' || change.type === 'LEFT')) this.#gone.add(change.event.id);
		const next = merged(this.list, change);
		if (next) this.list = next;
		else void this.read();
	}
}
