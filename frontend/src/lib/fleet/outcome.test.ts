import { describe, expect, test } from 'vitest';
import { outcomeOf, type Seen } from './outcome.ts';

const BEFORE: Seen = { status: 'READY', suspended: false, reason: '', message: 'Applied', requestedAt: 't0', handledAt: 't0' };
const seen = (more: Partial<Seen>): Seen => ({ ...BEFORE, ...more });

describe('reconcile', () => {
	test('is not done because the object is Ready: the request must have been handled', () => {
		expect(outcomeOf('reconcile', BEFORE, BEFORE).state).toBe('pending');
		expect(outcomeOf('reconcile', BEFORE, seen({ requestedAt: 't1' })).state).toBe('pending');
	});

	test('is done when the request was handled and the object is Ready', () => {
		expect(outcomeOf('reconcile', BEFORE, seen({ requestedAt: 't1', handledAt: 't1' }))).toEqual({ state: 'done', message: 'Applied' });
	});

	test('goes on while the object is progressing, and says what it says', () => {
		const now = seen({ requestedAt: 't1', handledAt: 't1', status: 'PROGRESSING', message: 'Running health checks' });
		expect(outcomeOf('reconcile', BEFORE, now)).toEqual({ state: 'pending', message: 'Running health checks' });
	});

	test('failed when the object failed, with its reason and message', () => {
		const now = seen({ requestedAt: 't1', handledAt: 't1', status: 'FAILED', reason: 'BuildFailed', message: 'no such file' });
		expect(outcomeOf('reconcile', BEFORE, now)).toEqual({ state: 'failed', message: 'BuildFailed: no such file' });
	});

	test('an old failure is not the outcome', () => {
		const failed = seen({ status: 'FAILED', reason: 'BuildFailed' });
		expect(outcomeOf('reconcile', failed, { ...failed, requestedAt: 't1' }).state).toBe('pending');
	});

	test('a later request of somebody else counts when it was handled', () => {
		expect(outcomeOf('reconcile', BEFORE, seen({ requestedAt: 't2', handledAt: 't2' })).state).toBe('done');
	});

	test('failed when it was suspended or deleted meanwhile', () => {
		expect(outcomeOf('reconcile', BEFORE, seen({ suspended: true, status: 'SUSPENDED' })).state).toBe('failed');
		expect(outcomeOf('reconcile', BEFORE, seen({ status: 'TERMINATING' })).state).toBe('failed');
	});
});

describe('suspend and resume', () => {
	const suspended = seen({ suspended: true, status: 'SUSPENDED' });

	test('suspend is done when the object is suspended', () => {
		expect(outcomeOf('suspend', BEFORE, BEFORE).state).toBe('pending');
		expect(outcomeOf('suspend', BEFORE, suspended)).toEqual({ state: 'done', message: '' });
	});

	test('resume is done when the object reconciled again, not when the mark is gone', () => {
		expect(outcomeOf('resume', suspended, suspended).state).toBe('pending');
		expect(outcomeOf('resume', suspended, seen({ requestedAt: 't1' })).state).toBe('pending');
		expect(outcomeOf('resume', suspended, seen({ requestedAt: 't1', handledAt: 't1' })).state).toBe('done');
	});
});
