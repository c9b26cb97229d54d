// The words that rules are written with: what may be named, and which kinds and namespaces there are now, live.
import { query, Refusal } from '#lib/api/client.ts';
import { RuleWords } from '#lib/api/people.ts';
import { Counts } from '#lib/api/rows.ts';
import { follow } from '#lib/live/follow.ts';

const RETRY_AFTER = 4_000;

export interface Named {
	name: string;
	count: number;
}

export class Vocabulary {
	/** All a rule may name, beside `*`. */
	resources = $state.raw<readonly string[]>([]);
	/** Those of them that Gyre lists by itself. */
	flux = $state.raw<readonly string[]>([]);
	/** Namespaces that have something in them, and how much. */
	namespaces = $state.raw<readonly Named[]>([]);
	/** How many objects of a resource there are. */
	counts = $state.raw<ReadonlyMap<string, number>>(new Map());
	#plurals = new Map<string, string>();
	#timer: ReturnType<typeof setTimeout> | undefined;
	#unfollow: (() => void) | undefined;
	#stopped = false;

	constructor() {
		void this.#read();
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#timer);
		this.#unfollow?.();
	}

	pluralOf(kind: string): string {
		return this.#plurals.get(kind) ?? kind;
	}

	async #read(): Promise<void> {
		try {
			const { ruleResources, kinds } = await query(RuleWords, {});
			if (this.#stopped) return;
			this.#plurals = new Map(kinds.map(({ name, plural }) => [name, plural]));
			this.resources = ruleResources;
			this.flux = kinds.map(({ plural }) => plural);
			this.#unfollow = follow(Counts, () => ({}), {
				receive: ({ overviewChanges: { byKind, byNamespace } }) => {
					this.namespaces = byNamespace.map(({ namespace, count }) => ({ name: namespace, count })).sort((a, b) => a.name.localeCompare(b.name));
					this.counts = new Map(byKind.map(({ kind, count }) => [this.pluralOf(kind), count]));
				}
			});
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (!this.#stopped) this.#timer = setTimeout(() => void this.#read(), RETRY_AFTER);
		}
	}
}
