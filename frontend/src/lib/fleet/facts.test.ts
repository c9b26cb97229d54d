import { describe, expect, test } from 'vitest';
import { factsOf, historyOf } from './facts.ts';

describe('facts', () => {
	test('a kind’s own fields, without those the object does not say', () => {
		expect(factsOf('Kustomization', { path: './apps', prune: true, interval: '10m' }, { lastAppliedRevision: 'main@sha1:abc' })).toEqual([
			{ name: 'Path', value: './apps' },
			{ name: 'Prune', value: 'yes' },
			{ name: 'Interval', value: '10m' },
			{ name: 'Applied revision', value: 'main@sha1:abc' }
		]);
	});

	test('lists are joined, counted where their content is elsewhere', () => {
		expect(factsOf('Receiver', { events: ['push', 'ping'] }, null)).toEqual([{ name: 'Events', value: 'push, ping' }]);
		expect(factsOf('Alert', { eventSources: [{}, {}] }, null)).toEqual([{ name: 'Sources', value: '2' }]);
	});

	test.each(['__proto__', 'constructor', 'Whatever'])('an unknown kind has the common ones: %s', (kind) => {
		expect(factsOf(kind, { interval: '1m' }, undefined)).toEqual([{ name: 'Interval', value: '1m' }]);
	});

	test('an object without spec and status has none', () => {
		expect(factsOf('GitRepository', null, null)).toEqual([]);
	});
});

describe('history', () => {
	test('of reconciles', () => {
		const status = { history: [{ lastReconciled: '2026-01-01T00:00:00Z', lastReconciledStatus: 'HealthCheckFailed', lastReconciledDuration: '2s', totalReconciliations: 3, metadata: { revision: 'main@sha1:a' } }] };
		expect(historyOf(status)).toEqual([{ what: 'main@sha1:a', result: 'HealthCheckFailed', good: false, at: '2026-01-01T00:00:00Z', detail: '2s, 3 times' }]);
	});

	test('of one reconcile', () => {
		expect(historyOf({ history: [{ totalReconciliations: 1 }] })[0]?.detail).toBe('1 time');
	});

	test('of Helm releases', () => {
		const status = { history: [{ version: 4, chartName: 'podinfo', chartVersion: '6.5.4', appVersion: '6.5', status: 'deployed', lastDeployed: '2026-01-01T00:00:00Z' }] };
		expect(historyOf(status)).toEqual([{ what: 'v4 · podinfo 6.5.4', result: 'deployed', good: true, at: '2026-01-01T00:00:00Z', detail: 'app 6.5' }]);
	});

	test.each([null, undefined, {}, { history: 'no' }, { history: [null] }])('of nothing: %j', (status) => {
		expect(historyOf(status)).toEqual([]);
	});
});
