// The ways in beside user name and password: providers, invitations, and a password that has to be changed first.
import { ChangePassword } from '#lib/api/account.ts';
import { mutate, query } from '#lib/api/client.ts';
import { graphql } from '#lib/api/graphql.ts';
import { hangUp } from '#lib/live/connection.svelte.ts';

const Accept = graphql(`
	mutation AcceptInvite($token: String!, $password: String!) {
		acceptInvite(token: $token, password: $password) { errors { code message } }
	}
`);
const Invitation = graphql(`query Invitation($token: String!) { invitation(token: $token) { username expiresAt } }`);

export interface Provider {
	id: string;
	name: string;
	login: string;
}

/** Those that the operator set up; none when they cannot be asked, as a password still works then. */
export async function providers(): Promise<Provider[]> {
	try {
		const answer = await fetch('/api/auth/providers', { headers: { accept: 'application/json' } });
		return answer.ok ? ((await answer.json()) as { providers: Provider[] }).providers : [];
	} catch {
		return [];
	}
}

/** Null when it is done, else what to tell. */
export async function changePassword(old: string, fresh: string): Promise<string | null> {
	const { done } = await mutate(ChangePassword, { old, new: fresh });
	if (done.errors.length) return done.errors[0]!.message;
	hangUp();
	return null;
}

export async function invitation(token: string): Promise<{ username: string; expiresAt: string } | null> {
	return (await query(Invitation, { token })).invitation;
}

/** Null when the password is set and one is signed in, else what to tell. */
export async function acceptInvite(token: string, password: string): Promise<string | null> {
	const { acceptInvite } = await mutate(Accept, { token, password });
	if (acceptInvite.errors.length) return acceptInvite.errors[0]!.message;
	hangUp();
	return null;
}
