// What is wrong between Gyre and its clusters, in words: what one sees may be older than one thinks.
import type { Cluster } from '#lib/api/rows.ts';

export interface Trouble {
	cluster: string;
	/** A sentence, with `since` where what is shown is older than now. */
	says: string;
	since: string | null;
	/** The reasons, each once, with the kinds it is about; none named means all of them. */
	why: readonly { message: string; kinds: readonly string[] }[];
	/** Nothing is broken yet: it is being read for the first time. */
	calm: boolean;
}

const BROKEN = new Set<Cluster['sync']>(['STALE', 'ERROR']);

/** The troubles of these clusters, at most one a cluster. */
export function troublesOf(clusters: readonly Cluster[]): Trouble[] {
	return clusters.map(troubleOf).filter((one) => one !== null);
}

function troubleOf(cluster: Cluster): Trouble | null {
	const broken = cluster.kinds.filter(({ sync }) => BROKEN.has(sync));
	if (broken.length) return broken.length === cluster.kinds.length ? allOf(cluster, broken) : someOf(cluster, broken);
	const trouble = { cluster: cluster.name, since: null, calm: false };
	if (cluster.problem || BROKEN.has(cluster.sync)) {
		const says = cluster.kinds.length ? `${cluster.name} does not answer at the moment. What you see of it may have changed` : `${cluster.name} has never been read`;
		return { ...trouble, says, why: [{ message: cluster.problem ?? '', kinds: [] }] };
	}
	return cluster.sync === 'SYNCING' ? { ...trouble, says: `${cluster.name} is being read for the first time`, why: [], calm: true } : null;
}

function allOf({ name, problem }: Cluster, broken: Cluster['kinds']): Trouble {
	const since = staleFrom(broken);
	const says = since ? `${name} does not answer. What you see of it is from` : `${name} has never been read`;
	return { cluster: name, since, says, why: [{ message: problem ?? broken[0]!.problem ?? '', kinds: [] }], calm: false };
}

function someOf({ name, kinds }: Cluster, broken: Cluster['kinds']): Trouble {
	const since = staleFrom(broken);
	const part = `${broken.length} of ${kinds.length} kinds in ${name}`;
	return { cluster: name, since, says: since ? `${part} are not up to date, some from` : `${part} have never been read`, why: reasonsOf(broken), calm: false };
}

/** Since when the oldest of what was once read may have changed. */
const staleFrom = (broken: Cluster['kinds']): string | null =>
	broken.filter(({ sync }) => sync === 'STALE').map(({ since }) => since).sort()[0] ?? null;

function reasonsOf(broken: Cluster['kinds']): Trouble['why'] {
	const by = new Map<string, string[]>();
	for (const { name, problem } of broken) by.set(problem ?? '', [...(by.get(problem ?? '') ?? []), name]);
	return [...by].map(([message, kinds]) => ({ message, kinds }));
}

/** Since when what is shown of a kind may be out of date; null while it is watched. */
export function staleSince(clusters: readonly Cluster[], cluster: string, kind: string): string | null {
	const known = clusters.find(({ name }) => name === cluster)?.kinds.find(({ name }) => name === kind);
	return known?.sync === 'STALE' ? known.since : null;
}
