// Two edits of one text put together, line by line.
import { Chunk } from '@codemirror/merge';
import { Text } from '@codemirror/state';

export interface Merged {
	text: string;
	/** Places where both changed the same lines: mine were kept there. */
	clashes: number;
}

interface Edit {
	from: number;
	to: number;
	lines: readonly string[];
}

/** What `after` changed of `before`, in lines counted from 0; `to` is behind the last one. */
function editsOf(before: readonly string[], after: readonly string[]): Edit[] {
	const [a, b] = [Text.of([...before]), Text.of([...after])];
	const lineIn = (text: Text, at: number): number => (at > text.length ? text.lines : text.lineAt(at).number - 1);
	return Chunk.build(a, b).map((chunk) => ({
		from: lineIn(a, chunk.fromA),
		to: lineIn(a, chunk.toA),
		lines: after.slice(lineIn(b, chunk.fromB), lineIn(b, chunk.toB))
	}));
}

/** Changes of neighbouring lines do not meet; additions at the same place do. */
const touches = (a: Edit, b: Edit): boolean => (a.from < b.to && b.from < a.to) || (a.from === b.from && a.to === b.to);
const same = (a: Edit, b: Edit): boolean => a.from === b.from && a.to === b.to && a.lines.join('\n') === b.lines.join('\n');

/** My changes of `base`, made to `theirs`. Where both changed the same lines, mine are kept and counted. */
export function merged(base: string, theirs: string, mine: string): Merged {
	const lines = base.split('\n');
	const own = editsOf(lines, mine.split('\n'));
	const foreign = editsOf(lines, theirs.split('\n'));
	const clashing = foreign.filter((one) => own.some((other) => touches(one, other) && !same(one, other)));
	const kept = foreign.filter((one) => !own.some((other) => touches(one, other)));
	const edits = [...own, ...kept].sort((a, b) => b.from - a.from || b.to - a.to);
	for (const { from, to, lines: written } of edits) lines.splice(from, to - from, ...written);
	return { text: lines.join('\n'), clashes: clashing.length };
}
