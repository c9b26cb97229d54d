// What one may not do, in words: for oneself, and for who can change it.
import type { Access, ActionWord } from '#lib/api/writing.ts';

export interface Place {
	cluster: string;
	kind: string;
	plural: string;
	namespace: string;
}

/** One place with what was asked about it. */
export interface Answered {
	place: Place;
	access: readonly Access[];
}

export const WORDS: Readonly<Record<ActionWord, string>> = {
	VIEW: 'See it',
	CREATE: 'Create',
	EDIT: 'Edit',
	DELETE: 'Delete',
	RECONCILE: 'Reconcile',
	SUSPEND: 'Suspend and resume',
	LOGS: 'Read logs',
	RESTART: 'Restart'
};

/** A place once, however many objects are in it: rights are given by kind and namespace, never by name. */
export function distinctPlaces<Where extends Place>(objects: readonly Where[]): Where[] {
	const found = new Map(objects.map((one) => [`${one.cluster}/${one.plural}/${one.namespace}`, one]));
	return [...found.values()];
}

const listed = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`);

/** What to send to an admin: who, what, where. '' when nothing is missing. */
export function requestOf(username: string, answered: readonly Answered[]): string {
	const lines = answered.flatMap(({ place, access }) => {
		const missing = access.filter(({ allowed }) => !allowed).map(({ action }) => action.toLowerCase());
		return missing.length ? [`- ${listed(missing)} on ${place.plural} in namespace ${place.namespace} of cluster ${place.cluster}`] : [];
	});
	return lines.length ? `Please give Gyre's user "${username}" a policy that allows:\n${lines.join('\n')}` : '';
}
