import { expect, test } from 'vitest';
import { covers, impliedBy, inWords, matchesOf, namespaceProblem, resourceProblem, workloadsOf } from './rules.ts';

const FLUX = ['helmreleases', 'kustomizations'];
const KNOWN = [...FLUX, 'pods', 'secrets'];

test('a rule finds the kinds and namespaces it names, and everything by its star', () => {
	expect(matchesOf({ resources: ['kustomizations', 'pods'], namespaces: ['team-*', 'ops'] }, FLUX)).toEqual({ kinds: ['kustomizations'], namespaces: ['team-*', 'ops'] });
	expect(matchesOf({ resources: ['*'], namespaces: ['ops', '*'] }, FLUX)).toEqual({});
});

test('a rule without a namespace, a kind, or with workloads alone finds nothing rather than everything', () => {
	expect(matchesOf({ resources: ['kustomizations'], namespaces: [] }, FLUX)).toBeNull();
	expect(matchesOf({ resources: [], namespaces: ['*'] }, FLUX)).toBeNull();
	expect(matchesOf({ resources: ['pods'], namespaces: ['*'] }, FLUX)).toBeNull();
	expect(matchesOf({ resources: ['*'], namespaces: ['Not_One'] }, FLUX)).toBeNull();
	expect(workloadsOf({ resources: ['pods', 'kustomizations', 'nonsense'] }, KNOWN, FLUX)).toEqual(['pods']);
});

test('a word that is no resource is told with what was meant; before the words are known nothing is', () => {
	expect(resourceProblem('kustomization', KNOWN)).toEqual({ says: 'kustomization is not a resource that a rule can name.', near: ['kustomizations'] });
	expect(resourceProblem('*', KNOWN)).toBeNull();
	expect(resourceProblem('pods', KNOWN)).toBeNull();
	expect(resourceProblem('kustomization', [])).toBeNull();
});

test.each(['ops', 'team-*', '*', 'a?c', '*-prod'])('%s is a namespace', (word) => expect(namespaceProblem(word)).toBeNull());
test.each(['Ops', '-ops', 'ops-', 'a_b', 'a.b', '[ab]', ''])('%j is none', (word) => expect(namespaceProblem(word)).not.toBeNull());

test('patterns cover what the server says they cover', () => {
	expect(covers('team-*', 'team-a')).toBe(true);
	expect(covers('team-*', 'team')).toBe(false);
	expect(covers('te?m', 'team')).toBe(true);
	expect(covers('*', 'anything')).toBe(true);
	expect(covers('ops', 'ops2')).toBe(false);
	expect(covers('a*b*c', 'a-b-b-c')).toBe(true);
	expect(covers('a*b*c', 'a-b-b-d')).toBe(false);
	expect(covers('*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b', 'a'.repeat(63))).toBe(false);
});

test('what comes with an action is told, and with which', () => {
	expect(impliedBy('view', ['logs'])).toBe('logs');
	expect(impliedBy('suspend', ['edit'])).toBe('edit');
	expect(impliedBy('delete', ['edit'])).toBeNull();
	expect(impliedBy('delete', ['*'])).toBe('*');
	expect(impliedBy('edit', ['edit'])).toBeNull();
	expect(impliedBy('view', [])).toBeNull();
});

test('a rule in words', () => {
	expect(inWords({ actions: ['edit'], resources: ['kustomizations'], namespaces: ['team-*'] })).toBe('edit on kustomizations in team-*');
	expect(inWords({ actions: ['*'], resources: ['*'], namespaces: ['a', 'b', 'c', 'd', 'e'] })).toBe('everything on every resource in a, b, c and 2 more');
});
