import { expect, test } from 'vitest';
import { merged } from './merging.ts';

const BASE = 'a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\n';

test('changes in different places are both kept', () => {
	expect(merged(BASE, BASE.replace('b: 2', 'b: 20'), BASE.replace('e: 5', 'e: 50\ne2: 51'))).toEqual({
		text: 'a: 1\nb: 20\nc: 3\nd: 4\ne: 50\ne2: 51\nf: 6\n',
		clashes: 0
	});
});

test('what they removed or added elsewhere is removed and added', () => {
	expect(merged(BASE, `z: 0\n${BASE.replace('d: 4\n', '')}g: 7\n`, BASE.replace('b: 2', 'b: 20'))).toEqual({
		text: 'z: 0\na: 1\nb: 20\nc: 3\ne: 5\nf: 6\ng: 7\n',
		clashes: 0
	});
});

test('where both changed the same line mine stays, and it is counted', () => {
	expect(merged(BASE, BASE.replace('c: 3', 'c: 30').replace('f: 6', 'f: 60'), BASE.replace('c: 3', 'c: 300'))).toEqual({
		text: 'a: 1\nb: 2\nc: 300\nd: 4\ne: 5\nf: 60\n',
		clashes: 1
	});
});

test('neighbouring lines do not clash, and additions at the same place do', () => {
	expect(merged(BASE, BASE.replace('c: 3', 'c: 30'), BASE.replace('d: 4', 'd: 40'))).toEqual({ text: 'a: 1\nb: 2\nc: 30\nd: 40\ne: 5\nf: 6\n', clashes: 0 });
	expect(merged(BASE, BASE.replace('d: 4\n', 'd: 4\nx: 1\n'), BASE.replace('d: 4', 'd: 40'))).toEqual({ text: 'a: 1\nb: 2\nc: 3\nd: 40\nx: 1\ne: 5\nf: 6\n', clashes: 0 });
	expect(merged(BASE, `${BASE}x: 1\n`, `${BASE}y: 1\n`)).toEqual({ text: `${BASE}y: 1\n`, clashes: 1 });
});

test('the same change made by both is no clash', () => {
	const both = BASE.replace('c: 3', 'c: 30');
	expect(merged(BASE, both, both)).toEqual({ text: both, clashes: 0 });
});

test('nothing of mine gives theirs, nothing of theirs gives mine', () => {
	const other = BASE.replace('f: 6\n', 'f: 60');
	expect(merged(BASE, other, BASE).text).toBe(other);
	expect(merged(BASE, BASE, other).text).toBe(other);
});
