// Who is signed in.
import { goto } from '$app/navigation';
import { mutate, query } from '#lib/api/client.ts';
import { graphql, type ResultOf } from '#lib/api/graphql.ts';
import { hangUp } from '#lib/live/connection.svelte.ts';
import { sessionEnded } from './ending.ts';

const ViewerQuery = graphql(`query Viewer { viewer { username role anywhere } }`);
const Login = graphql(`
	mutation Login($username: String!, $password: String!) {
		login(username: $username, password: $password) { viewer { username role } errors { code message } }
	}
`);
const Logout = graphql(`mutation Logout { logout { errors { code message } } }`);

export type Viewer = NonNullable<ResultOf<typeof ViewerQuery>['viewer']>;

export async function viewer(): Promise<Viewer | null> {
	return (await query(ViewerQuery, {})).viewer;
}

/** Asks the server; leads to the sign-in page when the session is over. A lost network proves nothing. */
export async function stillSignedIn(): Promise<void> {
	try {
		if ((await viewer()) === null) sessionEnded();
	} catch {
		// The connection banner tells of it.
	}
}

/** Null when signed in, else what to tell. */
export async function signIn(username: string, password: string): Promise<string | null> {
	const { login } = await mutate(Login, { username, password });
	if (login.errors.length) return login.errors[0]!.message;
	hangUp(); // a socket carries the cookies it was opened with
	return null;
}

export async function signOut(): Promise<void> {
	await mutate(Logout, {});
	hangUp();
	await goto('/sign-in', { replace: true, refreshAll: true });
}
