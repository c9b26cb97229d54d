// One action on one object, from the click to what really became of it.
import { mutate, query, Refusal } from '#lib/api/client.ts';
import { Kinds, Reconcile, Resume, Suspend, type Actable, type Can } from '#lib/api/object.ts';
import { outcomeOf, type ActionName, type Outcome, type Seen } from './outcome.ts';

const REQUESTED_AT = 'reconcile.fluxcd.io/requestedAt';
const NOTHING: Can = { reconcile: false, suspend: false, force: false, reset: false };

let kinds: Promise<ReadonlyMap<string, Can>> | undefined;

/** What objects of a kind can be asked to do at all; who may ask is another matter. */
export async function canDo(kind: { group: string; kind: string }): Promise<Can> {
	kinds ??= query(Kinds, {}).then((answer) => new Map(answer.kinds.map(({ group, name, can }) => [`${group}/${name}`, can])));
	try {
		return (await kinds).get(`${kind.group}/${kind.kind}`) ?? NOTHING;
	} catch (error) {
		kinds = undefined; // asked again next time
		throw error;
	}
}

/** What an action is taken on. */
export type Subject = Omit<Actable, 'allowed' | 'group'>;

export const seenOf = (object: Subject): Seen => ({
	status: object.status,
	suspended: object.suspended,
	reason: object.reason,
	message: object.message,
	requestedAt: object.annotations.find(({ key }) => key === REQUESTED_AT)?.value ?? null,
	handledAt: object.lastHandledReconcileAt
});

export interface Options {
	withSource?: boolean;
	force?: boolean;
	reset?: boolean;
	reason?: string;
}

export class RunningAction {
	outcome = $state.raw<Outcome>({ state: 'pending', message: 'Asking' });
	readonly startedAt = Date.now();
	endedAt = $state<number | null>(null);
	#before: Seen;
	#accepted = false;

	constructor(
		readonly name: ActionName,
		before: Subject
	) {
		this.#before = seenOf(before);
	}

	/** Asks the server; gives the position from which on the action can be seen, or null when it was refused. */
	async send(object: Subject, options: Options): Promise<string | null> {
		const target = { cluster: object.cluster, kind: object.plural, namespace: object.namespace, name: object.name };
		if (options.withSource) this.outcome = { state: 'pending', message: 'Its source first: this is asked when that is ready' };
		try {
			const { position, errors } = await this.#ask(target, options);
			const refused = errors[0];
			if (refused) return this.#fail(refused.message);
			this.#accepted = true;
			this.outcome = { state: 'pending', message: 'Asked' };
			return position;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			return this.#fail(error.message);
		}
	}

	/** The object changed: is it done? */
	see(object: Subject): void {
		if (!this.#accepted || this.outcome.state !== 'pending') return;
		this.outcome = outcomeOf(this.name, this.#before, seenOf(object));
		if (this.outcome.state !== 'pending') this.endedAt = Date.now();
	}

	async #ask(target: { cluster: string; kind: string; namespace: string; name: string }, options: Options): Promise<{ position: string | null; errors: readonly { message: string }[] }> {
		const { withSource = false, force = false, reset = false, reason } = options;
		if (this.name === 'reconcile') return (await mutate(Reconcile, { input: { target, withSource, force, reset } })).reconcile;
		if (this.name === 'suspend') return (await mutate(Suspend, { input: { target, reason: reason || null } })).suspend;
		return (await mutate(Resume, { input: { target } })).resume;
	}

	#fail(message: string): null {
		this.outcome = { state: 'failed', message };
		this.endedAt = Date.now();
		return null;
	}
}
