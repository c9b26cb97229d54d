import { describe, expect, test } from 'vitest';
import { safeReturnTo, signInPath } from './return-to.ts';

const HERE = 'https://gyre.example.org';

describe('where signing in leads back to', () => {
	test.each(['/', '/resources', '/resources?kind=HelmRelease&q=pod', '/resources/default/HelmRelease/prod/api#yaml'])('a path of this site: %s', (path) => {
		expect(safeReturnTo(path, HERE)).toBe(path);
	});

	test.each([
		null,
		'',
		'resources',
		'https://evil.example.com/',
		'//evil.example.com/',
		'/\\evil.example.com/',
		'/\t/evil.example.com/',
		'/\n/evil.example.com',
		'/.//evil.example.com',
		'javascript:alert(1)',
		'/sign-in?returnTo=/sign-in'
	])('never another site or sign-in itself: %j', (path) => {
		expect(safeReturnTo(path, HERE)).toBe('/');
	});

	test('the sign-in address keeps the whole path', () => {
		expect(signInPath({ pathname: '/resources', search: '?q=a&ns=b' })).toBe('/sign-in?returnTo=%2Fresources%3Fq%3Da%26ns%3Db');
		expect(signInPath({ pathname: '/', search: '' })).toBe('/sign-in');
	});
});
