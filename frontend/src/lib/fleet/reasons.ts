// Many failures have few reasons: which, and how often each.

export interface Reason {
	reason: string;
	count: number;
}

/** The reasons of failing rows, the most frequent first. */
export function reasonsOf(rows: readonly { reason: string }[]): Reason[] {
	const counts = new Map<string, number>();
	for (const { reason } of rows) if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1);
	return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason));
}

/** Who blocks the most others first; among the rest the latest failure first, as they came. */
export function rootsFirst<Row>(rows: readonly Row[], blocks: (row: Row) => number): Row[] {
	return rows.map((row, i) => ({ row, i, n: blocks(row) })).sort((a, b) => b.n - a.n || a.i - b.i).map(({ row }) => row);
}
