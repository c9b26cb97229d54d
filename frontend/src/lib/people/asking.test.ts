import { expect, test } from 'vitest';
import { explainSearch, questionOf } from './asking.ts';

const of = (search: string) => questionOf(new URLSearchParams(search));

test('an address and what it asks are the same thing', () => {
	const asked = { user: 'ada@example.org', action: 'DELETE', kind: 'helmreleases', namespace: 'team-a', cluster: 'prod' } as const;
	expect(explainSearch(asked)).toBe('user=ada%40example.org&action=delete&kind=helmreleases&ns=team-a&cluster=prod');
	expect(of(explainSearch(asked))).toEqual(asked);
});

test('what an address leaves out, or what makes no sense in it, is what is usual', () => {
	expect(of('user= Ada &action=fly')).toEqual({ user: 'ada', action: 'VIEW', kind: '', namespace: '', cluster: 'default' });
	expect(explainSearch(of(''))).toBe('');
});
