// Queries and mutations over HTTP. What flows in over the socket: live/follow.ts.
import { Client, fetchExchange, type AnyVariables, type CombinedError, type TypedDocumentNode } from '@urql/core';
import { sessionEnded } from '#lib/session/ending.ts';

// No cache: the server answers from memory, and a cache in the page would show the state before one's own write.
const client = new Client({
	url: '/graphql',
	exchanges: [fetchExchange],
	preferGetMethod: false,
	// urql aborts each request once it has its answer, which Chromium reports as an uncaught AbortError when it
	// comes before the end of the body's stream. Nothing here is ever cancelled.
	fetch: (input, init) => fetch(input, { ...init, signal: null }),
	fetchOptions: { credentials: 'same-origin', headers: { accept: 'application/json' } }
});

/** What the server refused or the network lost, with the server's code. */
export class Refusal extends Error {
	constructor(
		readonly code: string,
		message: string
	) {
		super(message);
	}
}

export const UNREACHABLE = 'UNREACHABLE';

export function refusalOf(error: CombinedError): Refusal {
	const first = error.graphQLErrors[0];
	if (first) return new Refusal(String(first.extensions['code'] ?? 'INTERNAL'), first.message);
	if (error.response?.status === 401) return new Refusal('UNAUTHENTICATED', 'Sign in first.');
	if (error.response?.status) return new Refusal('INTERNAL', `Gyre answered ${error.response.status}.`);
	return new Refusal(UNREACHABLE, 'Gyre does not answer. Check your connection; this page retries by itself.');
}

async function ask<Data, Variables extends AnyVariables>(
	run: 'query' | 'mutation',
	document: TypedDocumentNode<Data, Variables>,
	variables: Variables
): Promise<Data> {
	const answer = await client[run](document, variables).toPromise();
	if (answer.error) {
		const refusal = refusalOf(answer.error);
		if (refusal.code === 'UNAUTHENTICATED') sessionEnded();
		throw refusal;
	}
	return answer.data as Data;
}

export const query = <Data, Variables extends AnyVariables>(
	document: TypedDocumentNode<Data, Variables>,
	variables: Variables
): Promise<Data> => ask('query', document, variables);

export const mutate = <Data, Variables extends AnyVariables>(
	document: TypedDocumentNode<Data, Variables>,
	variables: Variables
): Promise<Data> => ask('mutation', document, variables);
