// How long to wait before the next try.

const FIRST = 400;
const LONGEST = 10_000;

/** Milliseconds before try number `attempt` (from 0); `chance` in [0, 1) spreads clients that lost the same server. */
export function retryWait(attempt: number, chance: number): number {
	const full = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt, 10));
	return Math.round(full / 2 + (full / 2) * chance);
}
