// A rule of a policy as it is written: what it covers now, what its actions imply, and what is wrong with its words.
import type { Rule } from '#lib/api/people.ts';
import type { ResourceFilter } from '#lib/fleet/view.ts';
import { near } from './near.ts';

export const ANY = '*';

export const ACTIONS = ['view', 'create', 'edit', 'delete', 'reconcile', 'suspend', 'logs', 'restart'] as const;
export type ActionWord = (typeof ACTIONS)[number];

export const ACTION_SAYS: Readonly<Record<ActionWord, string>> = {
	view: 'See it',
	create: 'Create objects like it',
	edit: 'Change its spec',
	delete: 'Delete it',
	reconcile: 'Ask for a reconcile',
	suspend: 'Suspend and resume it',
	logs: 'Read logs of its Pods',
	restart: 'Restart the workload'
};

const BY_EDIT: readonly string[] = ['create', 'reconcile', 'suspend'];
const NAMESPACE = /^[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?$/;

export const EMPTY: Rule = { resources: [], namespaces: [], actions: ['view'] };

/** What an action comes with although it is not named: `view` with any, others with `edit`. Null when it doesn't. */
export function impliedBy(action: string, actions: readonly string[]): string | null {
	if (actions.includes(ANY)) return ANY;
	if (actions.includes(action)) return null;
	if (action === 'view' && actions.length) return actions[0]!;
	return BY_EDIT.includes(action) && actions.includes('edit') ? 'edit' : null;
}

/** A word as it is kept: without space, resources in lower case. */
export const tidied = (word: string): string => word.trim().toLowerCase();

/** What is wrong with a resource, with what was perhaps meant. */
export function resourceProblem(word: string, known: readonly string[]): { says: string; near: string[] } | null {
	if (word === ANY || !known.length || known.includes(word)) return null;
	const meant = near(word, known);
	return { says: `${word} is not a resource that a rule can name.`, near: meant };
}

/** What is wrong with a namespace as it is written; whether there is one of that name is another matter. */
export const namespaceProblem = (word: string): { says: string; near: string[] } | null =>
	NAMESPACE.test(word) ? null : { says: `${word} is not a namespace: write a name, or a pattern with * and ? as team-*.`, near: [] };

/** Whether a namespace is covered by a word of a rule, as the server matches it. Goes back to the last star only: no word is slow. */
export function covers(word: string, namespace: string): boolean {
	let [w, n, star, from] = [0, 0, -1, 0];
	while (n < namespace.length) {
		if (word[w] === ANY) [star, from, w] = [w, n, w + 1];
		else if (word[w] === '?' || word[w] === namespace[n]) [w, n] = [w + 1, n + 1];
		else if (star >= 0) [w, from, n] = [star + 1, from + 1, from + 1];
		else return false;
	}
	while (word[w] === ANY) w += 1;
	return w === word.length;
}

/**
 * The filter that finds what a rule covers. Null when it covers none of what Gyre lists: nothing is named yet, or only
 * workloads, which are seen within the objects that applied them.
 */
export function matchesOf(rule: Pick<Rule, 'resources' | 'namespaces'>, flux: readonly string[]): ResourceFilter | null {
	const namespaces = rule.namespaces.filter((word) => namespaceProblem(word) === null);
	const kinds = rule.resources.filter((word) => flux.includes(word));
	const everyKind = rule.resources.includes(ANY);
	if (!namespaces.length || (!kinds.length && !everyKind)) return null;
	const filter: ResourceFilter = {};
	if (!everyKind) filter.kinds = kinds;
	if (!namespaces.includes(ANY)) filter.namespaces = namespaces;
	return filter;
}

/** The workloads a rule names beside Flux's own kinds. */
export const workloadsOf = (rule: Pick<Rule, 'resources'>, known: readonly string[], flux: readonly string[]): string[] =>
	rule.resources.filter((word) => known.includes(word) && !flux.includes(word));

const listed = (words: readonly string[], all: string, few = 3): string => {
	if (words.includes(ANY)) return all;
	return words.length > few + 1 ? `${words.slice(0, few).join(', ')} and ${words.length - few} more` : words.join(', ');
};

/** `edit on kustomizations in team-*`. */
export const inWords = (rule: Rule, few = 3): string =>
	`${listed(rule.actions, 'everything', few)} on ${listed(rule.resources, 'every resource', few)} in ${listed(rule.namespaces, 'every namespace', few)}`;
