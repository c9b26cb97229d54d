import { expect, test } from 'vitest';
import { distance, near } from './near.ts';

const KNOWN = ['helmreleases', 'helmrepositories', 'kustomizations', 'pods', 'secrets'];

test('letters in, out, changed and swapped each count once', () => {
	expect(distance('pods', 'pods')).toBe(0);
	expect(distance('pod', 'pods')).toBe(1);
	expect(distance('pdos', 'pods')).toBe(1);
	expect(distance('', 'pods')).toBe(4);
});

test('a word that is none suggests what was meant', () => {
	expect(near('kustomisations', KNOWN)).toEqual(['kustomizations']);
	expect(near('Kustomization', KNOWN)).toEqual(['kustomizations']);
	expect(near('helmrelease', KNOWN)[0]).toBe('helmreleases');
	expect(near('helm', KNOWN)).toEqual(['helmreleases', 'helmrepositories']);
});

test('nothing is suggested for what is like nothing', () => {
	expect(near('xyzzyplugh', KNOWN)).toEqual([]);
});
