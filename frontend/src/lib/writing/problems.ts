// What was refused of a manifest, each thing with its place in the text.
import type { WriteError } from '#lib/api/writing.ts';
import type { Part } from './documents.ts';
import { placeOf } from './places.ts';

export interface Problem {
	code: string;
	message: string;
	/** The field it is about, as the API server names it; '' when it is about the whole. */
	field: string;
	from: number;
	to: number;
	/** Counted from 1 in the whole text; null when it has no place. */
	line: number | null;
}

/** The problems of one document of a text. Conflicts with other managers are told elsewhere: they can be decided. */
export function problemsOf(errors: readonly WriteError[], part: Part): Problem[] {
	return errors.filter(({ conflicts }) => !conflicts.length).flatMap((error) => ofOne(error, part));
}

function ofOne(error: WriteError, part: Part): Problem[] {
	const details = (error.details ?? {}) as Record<string, unknown>;
	const { code, message } = error;
	if (typeof details['line'] === 'number') return [atLine(code, message, details['line'], part)];
	if (error.causes.length) return error.causes.map((cause) => atField(code, cause.message, cause.field, part));
	if (details['problem'] === 'mask') return error.path.map((field) => atField(code, 'It is hidden, and it is not certain which value is meant here: write the value itself, or leave what is around it as it was.', field, part));
	return [atField(code, message, error.path.join('.'), part)];
}

function atField(code: string, message: string, field: string, part: Part): Problem {
	const place = field ? placeOf(part.text, field) : null;
	if (!place) return { code, message, field, from: part.from, to: part.from, line: null };
	return { code, message, field, from: part.from + place.from, to: part.from + place.to, line: part.lines + lineAt(part.text, place.from) };
}

function atLine(code: string, message: string, line: number, part: Part): Problem {
	const lines = part.text.split('\n');
	const at = Math.min(line, lines.length);
	const from = part.from + lines.slice(0, at - 1).reduce((sum, one) => sum + one.length + 1, 0);
	const said = message.replace(/ \(line \d+, column \d+\)/, ''); // its line is another one in a text of several documents
	return { code, message: said, field: '', from, to: from + (lines[at - 1] ?? '').length, line: part.lines + at };
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;
