import { expect, test } from 'vitest';
import { shortRevision, since } from './when.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');

test.each([
	['2026-05-01T12:00:00Z', '0s'],
	['2026-05-01T11:59:01Z', '59s'],
	['2026-05-01T11:00:01Z', '59m'],
	['2026-04-30T12:00:01Z', '23h'],
	['2026-04-01T12:00:00Z', '30d'],
	['2026-05-01T12:00:30Z', '0s'], // a cluster's clock may be ahead
	['nonsense', '–'],
	[null, '–']
])('%s was %s ago', (then, text) => {
	expect(since(then, NOW)).toBe(text);
});

test.each([
	['main@sha1:0f0b83ae2c4d4a6b8e1f2a3b4c5d6e7f80910111', 'main@0f0b83ae'],
	['sha256:0f0b83ae2c4d4a6b8e1f2a3b4c5d6e7f809101112233445566778899aabbccdd', '0f0b83ae'],
	['6.5.4@sha256:0f0b83ae2c4d4a6b8e1f2a3b4c5d6e7f809101112233445566778899aabbccdd', '6.5.4@0f0b83ae'],
	['6.5.4', '6.5.4']
])('%s is shown as %s', (revision, text) => {
	expect(shortRevision(revision)).toBe(text);
});
