import { expect, test } from 'vitest';
import { retryWait } from './backoff.ts';

test('waits longer each time, never more than ten seconds', () => {
	expect([0, 1, 2, 3, 4, 5, 1_000].map((attempt) => retryWait(attempt, 1))).toEqual([400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
});

test('chance spreads those that lost the same server over half of it', () => {
	expect(retryWait(5, 0)).toBe(5_000);
	expect(retryWait(5, 0.5)).toBe(7_500);
});
