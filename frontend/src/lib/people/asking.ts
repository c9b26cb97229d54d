// What is asked of the rules, as its address says it: who, what, on which kind, where.
import { parametersOf } from '#lib/address.ts';
import type { Explanation, Question } from '#lib/api/people.ts';
import { ACTIONS } from './rules.ts';

export interface Asking {
	user: string;
	action: Question['action'];
	kind: string;
	namespace: string;
	cluster: string;
}

type Parameters = Pick<URLSearchParams, 'get'>;
const LONGEST = 253;

/** What an address asks. What makes no sense in it is left out, never an error: people edit addresses. */
export function questionOf(parameters: Parameters): Asking {
	const word = (name: string): string => (parameters.get(name) ?? '').trim().slice(0, LONGEST);
	const action = ACTIONS.find((one) => one === word('action').toLowerCase()) ?? 'view';
	return {
		user: word('user').toLowerCase(),
		action: action.toUpperCase() as Asking['action'],
		kind: word('kind').toLowerCase(),
		namespace: word('ns').toLowerCase(),
		cluster: word('cluster') || 'default'
	};
}

export const explainSearch = ({ user, action, kind, namespace, cluster }: Asking): string =>
	parametersOf([['user', user], ['action', action === 'VIEW' ? '' : action.toLowerCase()], ['kind', kind], ['ns', namespace], ['cluster', cluster === 'default' ? '' : cluster]]);

/** At what a rule stops, in words. */
export const STOPS: Readonly<Record<NonNullable<Explanation['considered'][number]['stopsAt']>, string>> = {
	CLUSTER: 'given on another cluster',
	RESOURCE: 'does not name the resource',
	NAMESPACE: 'does not name the namespace',
	ACTION: 'does not name the action'
};
