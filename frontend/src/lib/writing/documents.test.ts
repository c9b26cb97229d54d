import { describe, expect, test } from 'vitest';
import { besideRequests, documentsOf, editableOf } from './documents.ts';

describe('the documents of a text', () => {
	test('one without a marker is one', () => {
		expect(documentsOf('a: 1\n')).toEqual([{ text: 'a: 1\n', from: 0, lines: 0 }]);
	});
	test('each is found with its place, and empty ones are none', () => {
		const text = '# first\n---\na: 1\n---  \n\n# nothing\n--- # why\nb: |\n  ----\n...\n';
		expect(documentsOf(text)).toEqual([
			{ text: 'a: 1\n', from: 12, lines: 2 },
			{ text: 'b: |\n  ----\n', from: 44, lines: 7 }
		]);
		for (const { text: part, from } of documentsOf(text)) expect(text.slice(from, from + part.length)).toBe(part);
	});
	test('one may start in the line of its marker, and end without a line break', () => {
		expect(documentsOf('--- {a: 1}\n---\nb: 2')).toEqual([
			{ text: ' {a: 1}\n', from: 3, lines: 0 },
			{ text: 'b: 2', from: 15, lines: 2 }
		]);
	});
	test('nothing is no document', () => {
		expect(documentsOf('')).toEqual([]);
		expect(documentsOf('---\n# only a remark\n---\n')).toEqual([]);
	});
});

test('what only the server writes is left out, at its own place alone', () => {
	const yaml = `apiVersion: v1
kind: Kustomization
metadata:
  name: a
  annotations:
    uid: stays
    generation: stays
  uid: 1-2
  resourceVersion: '7'
  finalizers:
  - finalizers.fluxcd.io
  generation: 3
  labels: {}
spec:
  uid: stays
  text: |
    status:
      a
status:
  conditions:
  - type: Ready
`;
	expect(editableOf(yaml)).toBe(`apiVersion: v1
kind: Kustomization
metadata:
  name: a
  annotations:
    uid: stays
    generation: stays
  finalizers:
  - finalizers.fluxcd.io
  labels: {}
spec:
  uid: stays
  text: |
    status:
      a
`);
});

test('a request to reconcile is no edit, whether others are annotated or not', () => {
	const plain = 'metadata:\n  name: a\nspec:\n  interval: 1m\n';
	const asked = plain.replace('  name', "  annotations:\n    reconcile.fluxcd.io/requestedAt: '2026-01-01T00:00:00Z'\n  name");
	expect(besideRequests(asked)).toBe(plain);
	const noted = asked.replace('    reconcile', '    team: shop\n    reconcile');
	expect(besideRequests(noted)).toBe(plain.replace('  name', '  annotations:\n    team: shop\n  name'));
	expect(besideRequests(noted)).not.toBe(besideRequests(asked));
});
