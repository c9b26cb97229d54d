import { describe, expect, test } from 'vitest';
import type { Cluster } from '#lib/api/rows.ts';
import { staleSince, troublesOf } from './trouble.ts';

type Kind = Cluster['kinds'][number];
const kind = (name: string, sync: Kind['sync'], problem: string | null = null): Kind => ({ name, sync, problem, since: `2026-01-01T00:0${name.length}:00Z`, count: 1 });
const cluster = (sync: Cluster['sync'], kinds: Kind[], problem: string | null = null): Cluster => ({ name: 'prod', sync, since: '2026-01-01T00:00:00Z', problem, kubernetesVersion: 'v1.36.3', kinds });

describe('what is wrong with a cluster', () => {
	test('nothing, while all of it is watched', () => {
		expect(troublesOf([cluster('LIVE', [kind('Bucket', 'LIVE')])])).toEqual([]);
	});

	test('one that went away says from when what is shown is, and why, once', () => {
		const [trouble] = troublesOf([cluster('STALE', [kind('Bucket', 'STALE', 'gone'), kind('Alert', 'STALE', 'gone')], '2 of 2 kinds: gone')]);
		expect(trouble).toMatchObject({ says: 'prod does not answer. What you see of it is from', since: '2026-01-01T00:05:00Z', why: [{ message: '2 of 2 kinds: gone', kinds: [] }] });
	});

	test('one that stopped answering a moment ago says so before its rows are known to be old', () => {
		const [trouble] = troublesOf([cluster('LIVE', [kind('Bucket', 'LIVE')], 'timeout')]);
		expect(trouble).toMatchObject({ says: 'prod does not answer at the moment. What you see of it may have changed', since: null });
	});

	test('some kinds are named under their reason', () => {
		const [trouble] = troublesOf([cluster('STALE', [kind('Bucket', 'STALE', 'forbidden'), kind('Alert', 'ERROR', 'forbidden'), kind('HelmChart', 'LIVE')])]);
		expect(trouble).toMatchObject({ says: '2 of 3 kinds in prod are not up to date, some from', why: [{ message: 'forbidden', kinds: ['Bucket', 'Alert'] }] });
	});

	test('what was never read is not called old', () => {
		expect(troublesOf([cluster('ERROR', [], 'no route')])[0]).toMatchObject({ says: 'prod has never been read', since: null });
		expect(troublesOf([cluster('SYNCING', [kind('Bucket', 'SYNCING')])])[0]).toMatchObject({ calm: true });
	});
});

test('an object is as old as the watch of its kind', () => {
	const clusters = [cluster('STALE', [kind('Bucket', 'STALE'), kind('Alert', 'LIVE')])];
	expect(staleSince(clusters, 'prod', 'Bucket')).toBe('2026-01-01T00:06:00Z');
	expect(staleSince(clusters, 'prod', 'Alert')).toBeNull();
	expect(staleSince(clusters, 'dev', 'Bucket')).toBeNull();
});
