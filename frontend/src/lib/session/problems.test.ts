import { describe, expect, test } from 'vitest';
import { wordsOf } from './problems.ts';

describe('what is told of a sign-in that did not work', () => {
	test('a code has words of ours', () => {
		expect(wordsOf('SIGN_IN_LAPSED')).toBe('This sign-in was begun in another window, or too long ago. Begin again.');
	});

	test.each(['<b>call 555-1234</b>', 'toString', '__proto__', 'constructor'])('nothing of what stands in the address is shown: %s', (code) => {
		expect(wordsOf(code)).toBe('Signing in did not work. Try again.');
	});

	test.each([null, ''])('without a code there is nothing to tell: %j', (code) => {
		expect(wordsOf(code)).toBe('');
	});
});
