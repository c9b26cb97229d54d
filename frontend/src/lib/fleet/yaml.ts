// A highlighter for the YAML Gyre itself writes: block style, one key a line. It colours; it decides nothing.

export type TokenKind = 'key' | 'punctuation' | 'text' | 'number' | 'word' | 'comment' | 'plain';

export interface Token {
	kind: TokenKind;
	text: string;
}

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#:'"[\]{},&*!|>%@`-][^#:]*?|[^\s:]+?)(:)(?=\s|$)/;
const NUMBER = /^[-+]?(?:\d[\d_]*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const WORD = /^(?:true|false|null|~|\[\]|\{\})$/;
const BLOCK = /^[|>][-+0-9]*$/;

function valueToken(text: string): Token {
	if (WORD.test(text)) return { kind: 'word', text };
	if (NUMBER.test(text)) return { kind: 'number', text };
	return { kind: BLOCK.test(text) ? 'punctuation' : 'text', text };
}

/** The tokens of each line. Joined again they are the text, to the letter. */
export function highlighted(yaml: string): Token[][] {
	let blockAt: number | null = null; // the indentation whose deeper lines belong to a block scalar
	return yaml.replace(/\n$/, '').split('\n').map((line) => {
		const indent = line.length - line.trimStart().length;
		if (blockAt !== null && (line.trim() === '' || indent > blockAt)) return [{ kind: 'text', text: line }];
		blockAt = null;
		const { tokens, opensBlockAt } = lineTokens(line);
		blockAt = opensBlockAt;
		return tokens;
	});
}

function lineTokens(line: string): { tokens: Token[]; opensBlockAt: number | null } {
	const tokens: Token[] = [];
	const push = (kind: TokenKind, text: string): void => void (text && tokens.push({ kind, text }));
	const lead = /^\s*(?:-\s+)*(?:-$)?/.exec(line)![0];
	push('punctuation', lead);
	let rest = line.slice(lead.length);
	if (rest.startsWith('#')) {
		push('comment', rest);
		return { tokens, opensBlockAt: null };
	}
	const key = KEY.exec(rest);
	if (key) {
		push('key', key[1]!);
		push('punctuation', key[2]!);
		rest = rest.slice(key[0].length);
	}
	const value = rest.trim();
	if (value) {
		const at = rest.indexOf(value);
		push('plain', rest.slice(0, at));
		tokens.push(valueToken(value));
		push('plain', rest.slice(at + value.length));
	} else push('plain', rest);
	// A block's lines are deeper than the key that opens it, or than the dash where there is no key.
	const opener = key ? lead.length : lead.trimEnd().length - 1;
	return { tokens, opensBlockAt: BLOCK.test(value) ? opener : null };
}
