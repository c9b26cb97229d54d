import { describe, expect, test } from 'vitest';
import { whyOf, type Explained } from './why.ts';

const NOW = Date.parse('2026-02-01T12:00:00Z');
const row: Explained = {
	status: 'READY', reason: '', message: 'Applied revision', revision: 'main@sha1:0f0b83ae5ef1', dependsOn: [],
	suspended: false, suspendedBy: null, suspendedReason: null, suspendedSince: null, suspendedUntil: null
};
const stopped: Explained = { ...row, status: 'SUSPENDED', suspended: true, suspendedBy: 'ada' };

describe('the one line beside a status', () => {
	test('what is ready says its revision, or what its controller says', () => {
		expect(whyOf(row, NOW)).toBe('main@0f0b83ae');
		expect(whyOf({ ...row, revision: '' }, NOW)).toBe('Applied revision');
	});

	test('what waits says for whom', () => {
		const waiting: Explained = { ...row, status: 'PROGRESSING', reason: 'DependencyNotReady', message: '', dependsOn: [{ name: 'infra' }, { name: 'crds' }] };
		expect(whyOf(waiting, NOW)).toBe('Waits for infra, crds');
	});

	test('what is suspended says who, since when, why and until when', () => {
		expect(whyOf(stopped, NOW)).toBe('By ada');
		expect(whyOf({ ...stopped, suspendedSince: '2026-02-01T10:00:00Z', suspendedReason: 'a move', suspendedUntil: '2026-02-02T08:30:00Z' }, NOW)).toBe(
			'By ada 2h ago: a move (until 2026-02-02 08:30)'
		);
		expect(whyOf({ ...stopped, suspendedUntil: '2026-02-01T11:59:00Z' }, NOW)).toBe('By ada (until 2026-02-01 11:59, passed)');
	});

	test('what was suspended outside of Gyre says what its controller said', () => {
		expect(whyOf({ ...stopped, suspendedBy: null }, NOW)).toBe('Applied revision');
	});
});
