import { expect, test } from 'vitest';
import { placeOf } from './places.ts';
import { templateOf } from './templates.ts';

const at = (text: string, path: string): string | null => {
	const place = placeOf(text, path);
	return place && text.slice(place.from, place.to);
};

test('a template is of the version, kind and namespace that were asked for', () => {
	const text = templateOf({ group: 'kustomize.toolkit.fluxcd.io', version: 'v1', kind: 'Kustomization', namespace: 'shop' });
	expect(text.split('\n').slice(0, 7)).toEqual(['apiVersion: kustomize.toolkit.fluxcd.io/v1', 'kind: Kustomization', 'metadata:', '  name: example', '  namespace: shop', 'spec:', '  interval: 10m']);
	expect(at(text, 'spec.sourceRef.name')).toBe('name: fleet');
});

test('a kind that nobody has written one for gets what every object has', () => {
	expect(templateOf({ group: 'example.com', version: 'v1', kind: 'toString', namespace: 'shop' })).toBe('apiVersion: example.com/v1\nkind: toString\nmetadata:\n  name: example\n  namespace: shop\nspec: {}\n');
});
