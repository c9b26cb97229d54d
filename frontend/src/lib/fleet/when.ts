// Times as people say them.

const UNITS: readonly [name: string, seconds: number][] = [
	['d', 86_400],
	['h', 3_600],
	['m', 60]
];

/** `12s`, `4m`, `3h`, `12d`: how long ago, in one unit. */
export function since(then: string | number | null | undefined, now: number): string {
	if (then === null || then === undefined || then === '') return '–';
	const at = typeof then === 'number' ? then : Date.parse(then);
	if (Number.isNaN(at)) return '–';
	const seconds = Math.max(0, Math.round((now - at) / 1000));
	for (const [name, size] of UNITS) if (seconds >= size) return `${Math.floor(seconds / size)}${name}`;
	return `${seconds}s`;
}

/** The full moment, for a title. */
export function moment(then: string | null | undefined): string {
	if (!then || Number.isNaN(Date.parse(then))) return '';
	return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(then));
}

/** Whether a moment has passed; what is no moment has not. */
export const isPast = (then: string, now: number): boolean => Date.parse(then) <= now;

/** `main@sha1:0f0b83ae…` as `main@0f0b83ae`: what distinguishes, not all of it. */
export function shortRevision(revision: string): string {
	return revision.replace(/@?(sha1|sha256):([0-9a-f]{8})[0-9a-f]*/g, (_, _algorithm, digest: string) =>
		revision.startsWith('sha') ? digest : `@${digest}`
	);
}
