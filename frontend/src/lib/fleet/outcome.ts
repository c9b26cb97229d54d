// What became of an action: told by the object itself, never assumed.
import { wording, type Status } from './status.ts';

export type ActionName = 'reconcile' | 'suspend' | 'resume';

/** What an action's outcome is read from. */
export interface Seen {
	status: Status;
	suspended: boolean;
	reason: string;
	message: string;
	/** The annotation that asks for a reconcile. */
	requestedAt: string | null;
	/** The request its controller last handled. */
	handledAt: string | null;
}

export type Outcome = { state: 'pending' | 'done' | 'failed'; message: string };

/** `before` is the object as it was when the action was chosen, `now` as it is. */
export function outcomeOf(action: ActionName, before: Seen, now: Seen): Outcome {
	if (action === 'suspend') return now.suspended ? done('') : pending('Suspending');
	if (now.suspended) return action === 'resume' ? pending('Resuming') : failed('It was suspended before its controller came to it.');
	if (now.status === 'TERMINATING') return failed('It is being deleted.');
	return wasHandled(before, now) ? resultOf(now) : pending('Asked, its controller has not answered yet');
}

const pending = (message: string): Outcome => ({ state: 'pending', message });
const done = (message: string): Outcome => ({ state: 'done', message });
const failed = (message: string): Outcome => ({ state: 'failed', message });

/** Stamps are compared for being the same, never by order: others ask too, by other clocks. */
const wasHandled = (before: Seen, now: Seen): boolean =>
	now.requestedAt !== null && now.requestedAt !== before.requestedAt && now.handledAt === now.requestedAt;

function resultOf(now: Seen): Outcome {
	if (now.status === 'READY') return done(now.message || 'Ready');
	if (now.status === 'FAILED') return failed([now.reason, now.message].filter(Boolean).join(': '));
	return pending(now.message || wording(now.status).word);
}
