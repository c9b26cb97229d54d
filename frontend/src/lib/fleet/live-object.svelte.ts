// One object, live: it's read again when it, or what it refers to, changes.
import { query, Refusal } from '#lib/api/client.ts';
import { ObjectQuery, Whereabouts, type FluxObject } from '#lib/api/object.ts';
import { Changes, type Change } from '#lib/api/rows.ts';
import { follow } from '#lib/live/follow.ts';

const RELATED_AT_MOST_EVERY = 1_000;
const RETRY_AFTER = 4_000;
const FEW = 10; // objects of one kind in one namespace have its name in theirs

export interface Address {
	cluster: string;
	kind: string;
	namespace: string;
	name: string;
}

type Identity = Pick<Address, 'kind' | 'namespace' | 'name'>;

/** What else tells how an object is. */
function related({ source, owner, dependsOn, dependents }: FluxObject): Identity[] {
	const named = [source, owner, ...dependsOn, ...dependents].filter((one) => one !== null);
	return named.filter(({ name }) => name !== ''); // what is hidden has no name to listen for
}
const keyOf = ({ kind, namespace, name }: Identity): string => `${kind}/${namespace}/${name}`;

export class LiveObject {
	object = $state.raw<FluxObject | null>(null);
	refusal = $state.raw<Refusal | null>(null);
	/** Deleted while one looked: what is shown is its last state. */
	gone = $state(false);
	#reading = 0;
	#unfollow: (() => void) | undefined;
	#following = '';
	#related: ReadonlySet<string> = new Set();
	#position: string | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#stopped = false;

	/** Read not older than `position`: what one has just written is seen. */
	constructor(
		readonly address: Address,
		position: string | null = null
	) {
		void this.read(position);
	}

	stop(): void {
		this.#stopped = true;
		clearTimeout(this.#timer);
		this.#unfollow?.();
	}

	/** Reads it, not older than `position`. */
	async read(position: string | null = this.#position): Promise<void> {
		const reading = ++this.#reading;
		clearTimeout(this.#timer);
		this.#timer = undefined;
		try {
			const { resource } = await query(ObjectQuery, { ...this.address, notBefore: position });
			if (this.#stopped || reading !== this.#reading) return;
			this.object = resource;
			this.refusal = null;
			this.gone = false;
			void this.#follow(reading, related(resource));
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (this.#stopped || reading !== this.#reading) return;
			if (error.code === 'RESOURCE_NOT_FOUND' && this.object) this.gone = true;
			else this.refusal = error;
			if (!this.#unfollow) void this.#follow(reading, []);
			if (error.code !== 'RESOURCE_NOT_FOUND') this.#timer = setTimeout(() => void this.read(), RETRY_AFTER);
		}
	}

	/** Listens from a moment on; what happened between what was read and that moment is read once more. */
	async #follow(reading: number, others: readonly Identity[]): Promise<void> {
		const since = this.#position === null ? await this.#now() : null;
		if (this.#stopped || reading !== this.#reading) return;
		this.#position ??= since?.position ?? null;
		this.#related = new Set(others.map(keyOf));
		this.#listen([this.address, ...(this.object ? [this.object] : []), ...others]);
		if (since && since.version !== this.object?.resourceVersion) void this.read();
	}

	/** A position, and which version the object has there; null when that can't be said. Asking it refuses nobody anything. */
	async #now(): Promise<{ position: string; version: string | null | undefined } | null> {
		const { cluster, kind, namespace, name } = this.address;
		const filter = { clusters: [cluster], kinds: [kind], namespaces: [namespace], text: name };
		try {
			const { position, totalCount, nodes } = (await query(Whereabouts, { filter, first: FEW })).resources;
			const found = nodes.find((row) => this.#isMine(row));
			return { position, version: found || totalCount <= FEW ? found?.resourceVersion : null };
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			return null; // it is followed from when the subscription begins
		}
	}

	#listen(identities: readonly Identity[]): void {
		const filter = {
			clusters: [this.address.cluster],
			kinds: [...new Set(identities.map(({ kind }) => kind))].sort(),
			namespaces: [...new Set(identities.map(({ namespace }) => namespace))].sort()
		};
		const following = JSON.stringify(filter);
		if (following === this.#following) return;
		this.#following = following;
		this.#unfollow?.();
		this.#unfollow = follow(Changes, () => ({ filter, after: this.#position }), {
			receive: ({ resourceChanges }) => this.#take(resourceChanges),
			refused: () => undefined // an inventory may name kinds that nobody serves any more: reading tells
		});
	}

	#take(change: Change): void {
		this.#position = change.position;
		if (change.type === 'RESYNC' || !change.row) return void this.read();
		const mine = this.#isMine(change.row);
		if (mine && change.type === 'DELETED') {
			this.gone = true;
			return;
		}
		if (mine && change.row.resourceVersion !== this.object?.resourceVersion) return void this.read();
		if (!mine && this.#related.has(keyOf(change.row))) this.#timer ??= setTimeout(() => void this.read(), RELATED_AT_MOST_EVERY);
	}

	#isMine(row: Identity): boolean {
		const { kind, namespace, name } = this.object ?? this.address;
		return row.name === name && row.namespace === namespace && row.kind.toLowerCase() === kind.toLowerCase();
	}
}
