import { describe, expect, test } from 'vitest';
import { headline, isStatus, STATUSES, tally, wording, wordOf } from './status.ts';

describe('the words', () => {
	test('every status has its own', () => {
		expect(new Set(STATUSES.map((status) => wording(status).word)).size).toBe(STATUSES.length);
	});

	test('waiting for another is called Blocked, working is called Progressing', () => {
		expect(wordOf({ status: 'PROGRESSING', reason: 'DependencyNotReady' })).toBe('Blocked');
		expect(wordOf({ status: 'PROGRESSING', reason: 'Progressing' })).toBe('Progressing');
		expect(wordOf({ status: 'FAILED', reason: 'DependencyNotReady' })).toBe('Failed');
	});

	test.each(['toString', '__proto__', 'constructor', 'ready', ''])('%j is no status', (text) => {
		expect(isStatus(text)).toBe(false);
	});
});

describe('the headline', () => {
	test.each([
		[0, [], 'Nothing to watch yet'],
		[3, [{ status: 'READY' as const, count: 3 }], 'All 3 ready'],
		[10_000, [{ status: 'FAILED' as const, count: 1_234 }, { status: 'READY' as const, count: 8_766 }], '1,234 of 10,000 failing'],
		[5, [{ status: 'PROGRESSING' as const, count: 2 }, { status: 'READY' as const, count: 3 }], 'Nothing fails, 2 in progress'],
		[5, [{ status: 'SUSPENDED' as const, count: 5 }], 'Nothing fails']
	])('of %i', (total, counts, text) => {
		expect(headline(total, counts)).toBe(text);
	});

	test('what fails comes first, and nothing is missing', () => {
		expect(tally([{ status: 'READY', count: 2 }, { status: 'FAILED', count: 1 }])[0]).toEqual({ status: 'FAILED', count: 1 });
		expect(tally([])).toHaveLength(6);
	});
});
