import { expect, test } from 'vitest';
import { identityOf, inNamespace } from './identity.ts';

const TEXT = 'kind: Kustomization # one\nmetadata:\n  name: "apps"\n  namespace: shop\nspec:\n  namespace: other\n';

test('what a manifest is about is read from its text', () => {
	expect(identityOf(TEXT)).toEqual({ kind: 'Kustomization', namespace: 'shop', name: 'apps' });
	expect(identityOf('metadata:\n  labels: {}\n')).toEqual({ kind: '', namespace: '', name: '' });
	expect(identityOf('- a\n')).toEqual({ kind: '', namespace: '', name: '' });
});

test('its namespace is changed at its own place alone, and never made up', () => {
	expect(inNamespace(TEXT, 'prod')).toBe(TEXT.replace('namespace: shop', 'namespace: prod'));
	expect(inNamespace('metadata:\n  name: a\n', 'prod')).toBe('metadata:\n  name: a\n');
});
