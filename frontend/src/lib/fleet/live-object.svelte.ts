// One object, live: it's read again when it, or what it refers to, changes.
import { query, Refusal } from '#lib/api/client.ts';
import { ObjectQuery, type FluxObject } from '#lib/api/object.ts';
import { Changes, type Change } from '#lib/api/rows.ts';
import { follow } from '#lib/live/follow.ts';

const RELATED_AT_MOST_EVERY = 1_000;
const RETRY_AFTER = 4_000;

export interface Address {
	cluster: string;
	kind: string;
	namespace: string;
	name: string;
}

type Identity = Pick<Address, 'kind' | 'namespace' | 'name'>;
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
			this.#follow(resource);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (this.#stopped || reading !== this.#reading) return;
			if (error.code === 'RESOURCE_NOT_FOUND' && this.object) this.gone = true;
			else this.refusal = error;
			this.#followItself();
			if (error.code !== 'RESOURCE_NOT_FOUND') this.#timer = setTimeout(() => void this.read(), RETRY_AFTER);
		}
	}

	#follow(object: FluxObject): void {
		const named = [object.source, object.owner, ...object.dependsOn, ...object.dependents].filter((one) => one !== null);
		const related = named.filter(({ name }) => name !== ''); // what is hidden has no name to listen for
		this.#related = new Set(related.map(keyOf));
		this.#listen([this.address, object, ...related]);
	}

	#followItself(): void {
		if (!this.#unfollow) this.#listen([this.address]);
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

	#isMine(row: NonNullable<Change['row']>): boolean {
		const { kind, namespace, name } = this.object ?? this.address;
		return row.name === name && row.namespace === namespace && row.kind.toLowerCase() === kind.toLowerCase();
	}
}
