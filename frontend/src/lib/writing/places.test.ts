import { expect, test } from 'vitest';
import { placeOf, stepsOf } from './places.ts';

const TEXT = `# who owns it: shop
apiVersion: v1
metadata:
  name: a
  annotations: {"a.b/c": d, e: 'f'}
spec:
  list:
  - name: one
    v: |
      text
      name: no key
  -   two
  nested:
    - &x
      deep: 1
  "q k": [1, 22]
`;
const at = (path: string): string | null => {
	const place = placeOf(TEXT, path);
	return place && TEXT.slice(place.from, place.to);
};

test('the steps of a path are names, indexes and keys in brackets', () => {
	expect(stepsOf('spec.dependsOn[0].name')).toEqual(['spec', 'dependsOn', 0, 'name']);
	expect(stepsOf('metadata.annotations[a.b/c]')).toEqual(['metadata', 'annotations', 'a.b/c']);
	expect(stepsOf('data["a b"]')).toEqual(['data', 'a b']);
});

test.each([
	['metadata.name', 'name: a'],
	['metadata.annotations[a.b/c]', '"a.b/c": d'],
	['metadata.annotations.a.b/c', '"a.b/c": d'],
	['metadata.annotations.e', "e: 'f'"],
	['spec.list[0].name', 'name: one'],
	['spec.list[0].v', 'v: |'],
	['spec.list[1]', 'two'],
	['spec.nested[0].deep', 'deep: 1'],
	['spec[q k][1]', '22']
])('%s is found', (path, text) => {
	expect(at(path)).toBe(text);
});

test('of what is missing the nearest thing around it is shown, of what is nowhere nothing', () => {
	expect(at('spec.list[0].missing.deeper')).toBe('name: one');
	expect(at('spec.missing')).toBe('spec:');
	expect(at('metadata.labels')).toBe('metadata:');
	expect(at('status.phase')).toBeNull();
	expect(placeOf('', 'spec')).toBeNull();
	expect(placeOf('- a\n- b', 'spec')).toBeNull();
});
