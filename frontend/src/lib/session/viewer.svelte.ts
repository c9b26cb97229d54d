// Who is signed in.
import { goto, refreshAll } from '$app/navigation';
import { mutate, query } from '#lib/api/client.ts';
import { graphql, type ResultOf } from '#lib/api/graphql.ts';
import { hangUp } from '#lib/live/connection.svelte.ts';
import { sessionEnded } from './ending.ts';

const ViewerQuery = graphql(`query Viewer { viewer { id username role groups administers mustChangePassword anywhere } }`);
const Login = graphql(`
	mutation Login($username: String!, $password: String!) {
		login(username: $username, password: $password) { viewer { mustChangePassword } errors { code message } }
	}
`);
const Logout = graphql(`mutation Logout { logout { continueAt errors { code message } } }`);

export type Viewer = NonNullable<ResultOf<typeof ViewerQuery>['viewer']>;

export async function viewer(): Promise<Viewer | null> {
	return (await query(ViewerQuery, {})).viewer;
}

let met: { who: Viewer | null } | undefined;

/** Remembers for the sign-in page who was found on the way to it: each request of a stranger counts against their address. */
export function meet(who: Viewer | null): void {
	met = { who };
}

/** Who comes to the sign-in page: as they were met on the way, once, else as the server says; null too where it cannot be asked. */
export async function newcomer(): Promise<Viewer | null> {
	const known = met;
	met = undefined;
	return known ? known.who : viewer().catch(() => null);
}

/** Asks the server; leads to the sign-in page when the session is over. A lost network proves nothing. */
export async function stillSignedIn(): Promise<void> {
	try {
		if ((await viewer()) === null) sessionEnded();
	} catch {
		// The connection banner tells of it.
	}
}

const LOOK_EVERY = 10_000;

/** Looks whether one is still who one was, with the same rights, until the returned function is called: for `$effect`. */
export function watchViewer(known: Viewer): () => void {
	const look = async (): Promise<void> => {
		if (document.visibilityState !== 'visible') return;
		try {
			const now = await viewer();
			if (now === null) sessionEnded();
			else if (JSON.stringify(now) !== JSON.stringify(known)) await refreshAll();
		} catch {
			// The connection banner tells of it.
		}
	};
	const timer = setInterval(() => void look(), LOOK_EVERY);
	return () => clearInterval(timer);
}

export interface Entered {
	/** What to tell; null when signed in. */
	refused: string | null;
	/** Nothing else is answered before the password is changed. */
	mustChange: boolean;
}

export async function signIn(username: string, password: string): Promise<Entered> {
	const { login } = await mutate(Login, { username, password });
	if (login.errors.length) return { refused: login.errors[0]!.message, mustChange: false };
	hangUp(); // a socket carries the cookies it was opened with
	return { refused: null, mustChange: login.viewer?.mustChangePassword ?? false };
}

export async function signOut(): Promise<void> {
	const { logout } = await mutate(Logout, {});
	hangUp();
	if (logout.continueAt) {
		location.assign(logout.continueAt); // the session at the provider ends too, and it leads back here
		return;
	}
	await goto('/sign-in', { replace: true, refreshAll: true });
}
