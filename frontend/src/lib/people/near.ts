// What somebody may have meant by a word that is none: the server refuses it in the end, here it's said while one types.

const MOST = 3;
const FAR = 0.45; // the share of a word's letters that may be wrong

/** How many letters have to be put in, taken out, changed or swapped with the next to make one word the other. */
export function distance(from: string, to: string): number {
	let before: number[] = [];
	let row = Array.from({ length: to.length + 1 }, (_, i) => i);
	for (let i = 1; i <= from.length; i++) {
		const next = [i];
		for (let j = 1; j <= to.length; j++) {
			const changed = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
			const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1] ? before[j - 2]! + 1 : changed;
			next[j] = Math.min(changed, swapped, row[j]! + 1, next[j - 1]! + 1);
		}
		before = row;
		row = next;
	}
	return row[to.length]!;
}

/** Known words that are near, the nearest first; a word that begins so is always near. */
export function near(word: string, known: readonly string[]): string[] {
	const wanted = word.toLowerCase();
	const weighed = known.map((one) => {
		const apart = one.startsWith(wanted) || wanted.startsWith(one) ? 1 : distance(wanted, one.toLowerCase());
		return { one, apart };
	});
	return weighed
		.filter(({ one, apart }) => apart <= Math.max(1, Math.floor(Math.max(one.length, wanted.length) * FAR)))
		.sort((a, b) => a.apart - b.apart || a.one.localeCompare(b.one))
		.slice(0, MOST)
		.map(({ one }) => one);
}
