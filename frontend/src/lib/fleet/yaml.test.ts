import { describe, expect, test } from 'vitest';
import { highlighted } from './yaml.ts';

const kinds = (yaml: string) => highlighted(yaml).map((tokens) => tokens.map(({ kind, text }) => `${kind}:${text}`));

describe('highlighting', () => {
	test('loses and adds no letter', () => {
		const yaml = 'a: 1\nb:\n- c: "x: y"\n  d: |-\n    key: not a key\n\n    - more\n  e: []\n- - f\n# why\n"g h": \'it\'\'s\'\nurl: https://x/y#z\n';
		expect(highlighted(yaml).map((tokens) => tokens.map(({ text }) => text).join('')).join('\n') + '\n').toBe(yaml);
	});

	test('keys, numbers, words and texts', () => {
		expect(kinds('n: 12\nt: true\ns: 12abc')).toEqual([
			['key:n', 'punctuation::', 'plain: ', 'number:12'],
			['key:t', 'punctuation::', 'plain: ', 'word:true'],
			['key:s', 'punctuation::', 'plain: ', 'text:12abc']
		]);
	});

	test('the lines of a block are text until one is less deep', () => {
		expect(kinds('p:\n- q: |\n    a: b\n  r: 1')).toEqual([
			['key:p', 'punctuation::'],
			['punctuation:- ', 'key:q', 'punctuation::', 'plain: ', 'punctuation:|'],
			['text:    a: b'],
			['punctuation:  ', 'key:r', 'punctuation::', 'plain: ', 'number:1']
		]);
	});

	test('a colon inside a value begins nothing', () => {
		expect(kinds('image: ghcr.io/x/y:1.2')[0]).toEqual(['key:image', 'punctuation::', 'plain: ', 'text:ghcr.io/x/y:1.2']);
	});

	test('a long line is done at once', () => {
		const started = performance.now();
		highlighted(`k: ${'a: '.repeat(100_000)}`);
		expect(performance.now() - started).toBeLessThan(500);
	});
});
