// The status words: how they read, in which order they matter, what they stand for.

export const STATUSES = ['FAILED', 'PROGRESSING', 'TERMINATING', 'UNKNOWN', 'SUSPENDED', 'READY'] as const;
export type Status = (typeof STATUSES)[number];

interface Wording {
	/** The word itself. */
	word: string;
	/** After a number: `3 failing`. */
	counted: string;
	/** What it means, for people who do not know Flux by heart. */
	meaning: string;
}

const WORDING: Record<Status, Wording> = {
	FAILED: { word: 'Failed', counted: 'failing', meaning: 'The last reconcile failed; it may be retried.' },
	PROGRESSING: { word: 'Progressing', counted: 'progressing', meaning: 'Being reconciled, or waiting for what it depends on.' },
	TERMINATING: { word: 'Terminating', counted: 'terminating', meaning: 'Being deleted.' },
	UNKNOWN: { word: 'Unknown', counted: 'unknown', meaning: 'Its conditions do not say.' },
	SUSPENDED: { word: 'Suspended', counted: 'suspended', meaning: 'Not reconciled until it is resumed.' },
	READY: { word: 'Ready', counted: 'ready', meaning: 'As its spec says.' }
};

export const wording = (status: Status): Wording => WORDING[status];

export const isStatus = (text: string): text is Status => Object.hasOwn(WORDING, text);

/** Waiting for another object rather than working: Flux says so with this reason. */
export const isBlocked = (row: { status: Status; reason: string }): boolean =>
	row.status === 'PROGRESSING' && row.reason === 'DependencyNotReady';

/** The word of a row, with `Blocked` where Progressing would promise too much. */
export const wordOf = (row: { status: Status; reason: string }): string =>
	isBlocked(row) ? 'Blocked' : wording(row.status).word;

/** Counts by status, all statuses present, the ones that matter first. */
export function tally(counts: readonly { status: Status; count: number }[]): { status: Status; count: number }[] {
	const by = new Map(counts.map(({ status, count }) => [status, count]));
	return STATUSES.map((status) => ({ status, count: by.get(status) ?? 0 }));
}

/** One sentence for the whole fleet. */
export function headline(total: number, counts: readonly { status: Status; count: number }[]): string {
	const by = Object.fromEntries(tally(counts).map(({ status, count }) => [status, count])) as Record<Status, number>;
	if (total === 0) return 'Nothing to watch yet';
	if (by.FAILED > 0) return `${by.FAILED.toLocaleString('en')} of ${total.toLocaleString('en')} failing`;
	if (by.READY === total) return `All ${total.toLocaleString('en')} ready`;
	if (by.PROGRESSING > 0) return `Nothing fails, ${by.PROGRESSING.toLocaleString('en')} in progress`;
	return 'Nothing fails';
}
