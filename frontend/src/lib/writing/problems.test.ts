import { expect, test } from 'vitest';
import type { WriteError } from '#lib/api/writing.ts';
import { problemsOf } from './problems.ts';

const PART = { text: 'kind: A\nspec:\n  interval: 5\n  values:\n    key: x\n', from: 100, lines: 10 };
const error = (more: Partial<WriteError>): WriteError => ({ code: 'REJECTED_BY_CLUSTER', message: 'no', path: [], causes: [], conflicts: [], details: {}, ...more });

test('each cause of the API server stands at its field, in its own words', () => {
	const causes = [{ field: 'spec.interval', message: 'Invalid value: 5' }, { field: 'spec.path', message: 'Required value' }, { field: 'status.x', message: 'unknown' }];
	expect(problemsOf([error({ causes })], PART)).toEqual([
		{ code: 'REJECTED_BY_CLUSTER', message: 'Invalid value: 5', field: 'spec.interval', from: 116, to: 127, line: 13 },
		{ code: 'REJECTED_BY_CLUSTER', message: 'Required value', field: 'spec.path', from: 108, to: 113, line: 12 },
		{ code: 'REJECTED_BY_CLUSTER', message: 'unknown', field: 'status.x', from: 100, to: 100, line: null }
	]);
});

test('what is no YAML stands at its line', () => {
	const said = error({ code: 'VALIDATION_FAILED', message: 'This is not YAML: a colon is missing (line 3, column 2).', details: { line: 3, column: 2 } });
	expect(problemsOf([said], PART)).toEqual([{ code: 'VALIDATION_FAILED', message: 'This is not YAML: a colon is missing.', field: '', from: 114, to: 127, line: 13 }]);
});

test('a hidden value that is not certain is named at each of its places', () => {
	const [problem, ...more] = problemsOf([error({ path: ['spec.values.key'], details: { problem: 'mask' } })], PART);
	expect([problem!.line, problem!.field, more]).toEqual([15, 'spec.values.key', []]);
});

test('what other managers hold is no problem of the text', () => {
	expect(problemsOf([error({ code: 'CONFLICT', conflicts: [{ manager: 'helm', field: 'spec.interval' }] })], PART)).toEqual([]);
});

test('what is about the whole has no line', () => {
	expect(problemsOf([error({ path: ['metadata', 'name'], message: 'no name' })], PART)[0]).toMatchObject({ field: 'metadata.name', line: null, message: 'no name' });
});
