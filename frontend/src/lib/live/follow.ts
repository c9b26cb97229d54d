// One subscription that never ends by itself: it resumes where it was, whatever cuts it.
import { print } from './print.ts';
import type { TadaDocumentNode } from '#lib/api/graphql.ts';
import { retryWait } from './backoff.ts';
import { live } from './connection.svelte.ts';
import { stillSignedIn } from '#lib/session/viewer.svelte.ts';

interface Follower<Data> {
	/** One message. */
	receive(data: Data): void;
	/** The server refused the subscription; it's tried again, and the message may be shown meanwhile. */
	refused?(message: string): void;
}

/**
 * Subscribes until the returned function is called. `variables` is asked at every (re)connect, so that a
 * subscription resumes after the last position it saw.
 */
export function follow<Data, Variables extends Record<string, unknown>>(
	document: TadaDocumentNode<Data, Variables>,
	variables: () => Variables,
	follower: Follower<Data>
): () => void {
	let stopped = false;
	let unsubscribe: (() => void) | undefined;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let attempt = 0;
	const payload = {
		query: print(document),
		get variables(): Variables {
			return variables(); // graphql-ws sends the same payload again after a reconnect
		}
	};
	const again = (): void => {
		if (stopped) return;
		timer = setTimeout(start, retryWait(attempt++, Math.random()));
	};
	const start = (): void => {
		unsubscribe = live().subscribe<Data>(payload, {
			next: (message) => {
				if (message.errors?.length) return follower.refused?.(message.errors[0]!.message);
				attempt = 0;
				if (message.data) follower.receive(message.data);
			},
			error: (problem) => {
				if (Array.isArray(problem)) follower.refused?.(String(problem[0]?.message ?? ''));
				void stillSignedIn();
				again();
			},
			complete: again
		});
	};
	start();
	return () => {
		stopped = true;
		clearTimeout(timer);
		unsubscribe?.();
	};
}
