// Who waits for whom: every blocked object is put under the root that blocks its chain.
import { isBlocked, type Status } from './status.ts';

interface Named {
	kind: string;
	namespace: string;
	name: string;
}

export interface Waiting extends Named {
	id: string;
	cluster: string;
	status: Status;
	reason: string;
	dependsOn: readonly Named[];
}

export interface Root<Row extends Waiting> extends Named {
	cluster: string;
	/** The objects that wait for it, directly or through others. */
	blocks: Row[];
	/** The chain leads back to itself: nobody will ever be first. */
	cycle: boolean;
}

const keyOf = (cluster: string, { kind, namespace, name }: Named): string => JSON.stringify([cluster, kind, namespace, name]);

/**
 * The roots of all chains in `rows`, the one that blocks most first. Of the objects a row waits for, those that are
 * `ready` don't block it; what is neither blocked nor known ready is a root.
 */
export function rootsOf<Row extends Waiting>(rows: readonly Row[], ready: ReadonlySet<string> = new Set()): Root<Row>[] {
	const blocked = new Map(rows.filter(isBlocked).map((row) => [keyOf(row.cluster, row), row]));
	const roots = new Map<string, Root<Row>>();
	for (const row of blocked.values()) {
		for (const { at, cycle } of ends(row, blocked, ready)) {
			const key = keyOf(row.cluster, at);
			const root = roots.get(key) ?? { ...bare(at), cluster: row.cluster, blocks: [], cycle: false };
			root.blocks.push(row);
			root.cycle ||= cycle;
			roots.set(key, root);
		}
	}
	return [...roots.values()].sort((a, b) => b.blocks.length - a.blocks.length || a.name.localeCompare(b.name));
}

const bare = ({ kind, namespace, name }: Named): Named => ({ kind, namespace, name });

/** Where the chains that begin at `start` end. */
function ends(start: Waiting, blocked: ReadonlyMap<string, Waiting>, ready: ReadonlySet<string>): { at: Named; cycle: boolean }[] {
	const found: { at: Named; cycle: boolean }[] = [];
	const seen = new Set<string>([keyOf(start.cluster, start)]);
	const stack: Waiting[] = [start];
	for (let row = stack.pop(); row; row = stack.pop()) {
		for (const dependency of row.dependsOn) {
			const key = keyOf(row.cluster, dependency);
			const next = blocked.get(key);
			if (ready.has(key)) continue;
			if (!next) {
				if (!seen.has(key)) found.push({ at: dependency, cycle: false });
			} else if (key === keyOf(start.cluster, start)) found.push({ at: start, cycle: true });
			else if (!seen.has(key)) stack.push(next);
			seen.add(key);
		}
	}
	return found;
}

export { keyOf as blockKey };
