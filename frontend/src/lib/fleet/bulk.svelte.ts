// One action on several rows: each is asked for by itself, and each outcome is the object's own.
import { query, Refusal, UNREACHABLE } from '#lib/api/client.ts';
import { ActableQuery, type Actable } from '#lib/api/object.ts';
import { Changes, type Row } from '#lib/api/rows.ts';
import { follow } from '#lib/live/follow.ts';
import { RunningAction, type Options } from './action.svelte.ts';
import type { ActionName, Outcome } from './outcome.ts';

const AT_ONCE = 4; // asked side by side: fifty at once would be a burst on the cluster's API

const NOT_YET: Outcome = { state: 'pending', message: 'Its turn comes' };

export class Item {
	action = $state.raw<RunningAction | null>(null);
	problem = $state.raw<Outcome | null>(null);

	constructor(readonly row: Row) {}

	get outcome(): Outcome {
		return this.problem ?? this.action?.outcome ?? NOT_YET;
	}
}

export class BulkAction {
	readonly items: readonly Item[];
	readonly startedAt = Date.now();
	readonly #unfollow: () => void;
	#position: string | null = null;
	#stopped = false;

	constructor(
		readonly name: ActionName,
		rows: readonly Row[],
		readonly options: Options = {}
	) {
		this.items = rows.map((row) => new Item(row));
		const filter = { clusters: distinct(rows, 'cluster'), kinds: distinct(rows, 'kind'), namespaces: distinct(rows, 'namespace') };
		this.#unfollow = follow(Changes, () => ({ filter, after: this.#position }), {
			receive: ({ resourceChanges: { type, position, row } }) => {
				this.#position = position;
				for (const item of this.items) if (type === 'RESYNC' || item.row.id === row?.id) void this.#look(item, position);
			}
		});
		void this.#run();
	}

	/** How many of them are in each state. */
	get count(): Record<Outcome['state'], number> {
		const of = (state: Outcome['state']): number => this.items.filter(({ outcome }) => outcome.state === state).length;
		return { pending: of('pending'), done: of('done'), failed: of('failed') };
	}

	stop(): void {
		this.#stopped = true;
		this.#unfollow();
	}

	async #run(): Promise<void> {
		const waiting = [...this.items];
		const work = async (): Promise<void> => {
			for (let item = waiting.shift(); item && !this.#stopped; item = waiting.shift()) await this.#start(item);
		};
		await Promise.all(Array.from({ length: AT_ONCE }, work));
	}

	async #start(item: Item): Promise<void> {
		const before = await this.#read(item, null);
		if (!before) return;
		const action = new RunningAction(this.name, before);
		item.action = action;
		const position = await action.send(before, this.options);
		if (position !== null) await this.#look(item, position);
	}

	async #look(item: Item, position: string): Promise<void> {
		if (this.#stopped || item.action?.outcome.state !== 'pending') return;
		const now = await this.#read(item, position);
		if (now) item.action.see(now);
	}

	/** The object as it is; one that can't be read any more has an outcome by that. */
	async #read(item: Item, notBefore: string | null): Promise<Actable | null> {
		const { cluster, kind, namespace, name } = item.row;
		try {
			return (await query(ActableQuery, { cluster, kind, namespace, name, notBefore })).resource;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (error.code !== UNREACHABLE || !item.action) item.problem = { state: 'failed', message: error.message };
			return null; // what was asked for before the connection was lost is read again when it is back
		}
	}
}

const distinct = <Key extends 'cluster' | 'kind' | 'namespace'>(rows: readonly Row[], key: Key): string[] => [...new Set(rows.map((row) => row[key]))].sort();
