// What to say before an object is deleted: what would hurt most, and whether a slip must not be enough.

interface Going {
	group: string;
	kind: string;
}

/** From so many on, the name has to be typed. */
const MANY = 10;

/** Kinds that take more along than themselves, and what. */
const TAKES_ALONG: Readonly<Record<string, string>> = {
	'/Namespace': 'with everything that is in it',
	'/PersistentVolumeClaim': 'with the data it holds, unless its class keeps it',
	'/PersistentVolume': 'with the data it holds, unless it is kept',
	'apiextensions.k8s.io/CustomResourceDefinition': 'with every object of that kind, in all namespaces'
};

export interface KindCount {
	kind: string;
	count: number;
}

/** How many of each kind go, the most frequent first. */
export function kindsOf(going: readonly Going[]): KindCount[] {
	const counts = new Map<string, number>();
	for (const { kind } of going) counts.set(kind, (counts.get(kind) ?? 0) + 1);
	return [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count || a.kind.localeCompare(b.kind));
}

/** What of it takes more along than itself: a sentence for each such kind. */
export function dangersOf(going: readonly Going[]): string[] {
	return Object.entries(TAKES_ALONG).flatMap(([key, what]) => {
		const count = going.filter(({ group, kind }) => `${group}/${kind}` === key).length;
		const kind = key.slice(key.indexOf('/') + 1);
		if (count === 0) return [];
		return [count === 1 ? `A ${kind} is among them, ${what}.` : `${count} objects of kind ${kind} are among them, each ${what}.`];
	});
}

interface Doomed {
	kind: string;
	namespace: string;
	dependents: readonly unknown[];
	annotations: readonly { key: string; value: string }[];
}

const KEEPS = new Set(['kustomize.toolkit.fluxcd.io/prune', 'fluxcd.controlplane.io/prune']);

/** Why its name has to be typed first; empty when a click is enough. */
export function whyTyped(object: Doomed, preview: { total: number; removed: readonly Going[] }): string {
	if (dangersOf(preview.removed).length) return 'because of what it takes along';
	if (preview.total >= MANY) return 'because so much goes with it';
	if (object.dependents.length) return 'because others need it';
	if (object.kind === 'FluxInstance' || object.namespace === 'flux-system') return 'because it belongs to Flux itself';
	if (object.annotations.some(({ key, value }) => KEEPS.has(key) && value.toLowerCase() === 'disabled')) return 'because it is marked to be kept';
	return '';
}
