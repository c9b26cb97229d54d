// Where in a YAML text a field stands that the API server names, as `spec.dependsOn[0].name`.
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/yaml';

export interface Place {
	from: number;
	to: number;
}

type Step = string | number;

/** The steps of a path. In brackets stands an index, or a key with dots in it. */
export function stepsOf(path: string): Step[] {
	const steps: Step[] = [];
	for (const [, bracketed, plain] of path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)) {
		if (plain !== undefined) steps.push(plain);
		else if (bracketed !== undefined) steps.push(/^\d+$/.test(bracketed) ? Number(bracketed) : bracketed.replace(/^(["'])(.*)\1$/, '$2'));
	}
	return steps;
}

const WRAPPERS = new Set(['Tagged', 'Anchored']);
const MAPPINGS = new Set(['BlockMapping', 'FlowMapping']);
const SEQUENCES = new Set(['BlockSequence', 'FlowSequence']);
const VALUES = new Set([...WRAPPERS, ...MAPPINGS, ...SEQUENCES, 'Literal', 'QuotedLiteral', 'BlockLiteral', 'Alias']);

/** The value inside a pair, an item, a document or what an anchor names. */
function inner(node: SyntaxNode): SyntaxNode | null {
	for (let child = node.lastChild; child; child = child.prevSibling) {
		if (VALUES.has(child.name)) return WRAPPERS.has(child.name) ? inner(child) : child;
	}
	return null;
}

function keyOf(pair: SyntaxNode, text: string): string {
	const key = pair.getChild('Key');
	const written = key ? text.slice(key.from, key.to) : '';
	return /^(["']).*\1$/s.test(written) ? written.slice(1, -1) : written;
}

/** The pair or item that a step leads to. A key with dots may be spread over several steps: `rest` are those behind it. */
function next(value: SyntaxNode, steps: readonly Step[], text: string): { node: SyntaxNode; rest: readonly Step[] } | null {
	const step = steps[0]!;
	if (SEQUENCES.has(value.name)) {
		if (typeof step !== 'number') return null;
		const item = value.getChildren('Item')[step];
		return item ? { node: item, rest: steps.slice(1) } : null;
	}
	if (!MAPPINGS.has(value.name)) return null;
	const pairs = value.getChildren('Pair');
	for (let taken = steps.length; taken > 0; taken--) {
		const key = steps.slice(0, taken).join('.');
		const pair = pairs.find((one) => keyOf(one, text) === key);
		if (pair) return { node: pair, rest: steps.slice(taken) };
	}
	return null;
}

/** The place of a field, or of the nearest thing around it that is there; null for what is not in the text at all. */
export function placeOf(text: string, path: string): Place | null {
	const document = parser.parse(text).topNode.getChild('Document');
	let value = document && inner(document);
	let steps: readonly Step[] = stepsOf(path);
	let found: SyntaxNode | null = null;
	while (value && steps.length) {
		const step = next(value, steps, text);
		if (!step) break;
		found = step.node;
		steps = step.rest;
		value = inner(found);
	}
	return found && firstLineOf(found, text);
}

/** Of a field that goes over many lines, its first: the others are not what is wrong. */
function firstLineOf(node: SyntaxNode, text: string): Place {
	const from = node.from + (text.slice(node.from, node.to).match(/^\s*/)?.[0].length ?? 0);
	const end = text.indexOf('\n', from);
	return { from, to: Math.max(from, Math.min(node.to, end < 0 ? text.length : end)) };
}
