// Manifests as texts: how many are in one, and what of one a person can write.

export interface Part {
	text: string;
	/** Where it starts in the whole text. */
	from: number;
	/** How many lines are before it. */
	lines: number;
}

const MARKER = /^(?:---|\.\.\.)(?=\s|$)/;
const EMPTY = /^(?:\s*(?:#.*)?(?:\n|$))*$/;

/** The documents of a text, without empty ones. A line that starts with `---` ends one wherever it stands, also in a block. */
export function documentsOf(text: string): Part[] {
	const parts: Part[] = [];
	let from = 0;
	let firstLine = 0;
	let at = 0;
	const lines = text.split('\n');
	const end = (to: number): void => {
		const part = text.slice(from, to);
		if (!EMPTY.test(part)) parts.push({ text: part, from, lines: firstLine });
	};
	lines.forEach((line, i) => {
		if (MARKER.test(line)) {
			end(at);
			const rest = line.slice(3).trim();
			const kept = rest !== '' && !rest.startsWith('#'); // `--- {…}`: the document starts in the marker's own line
			from = kept ? at + 3 : Math.min(text.length, at + line.length + 1);
			firstLine = kept ? i : i + 1;
		}
		at += line.length + 1;
	});
	end(text.length);
	return parts;
}

const SERVERS = new Set(['creationTimestamp', 'deletionGracePeriodSeconds', 'deletionTimestamp', 'generation', 'managedFields', 'resourceVersion', 'selfLink', 'uid']);

/**
 * What a person can write of an object: not its status, and not what only the API server writes into its metadata.
 * Reads Gyre's own YAML alone, which is block style with two spaces.
 */
export function editableOf(yaml: string): string {
	let section = '';
	let field = '';
	const kept = yaml.split('\n').filter((line) => {
		const top = /^([^\s#-][^:]*):/.exec(line);
		if (top) {
			section = top[1]!;
			field = '';
		} else if (section === 'metadata') field = /^ {2}([^\s#-][^:]*):/.exec(line)?.[1] ?? field;
		return section !== 'status' && !(section === 'metadata' && SERVERS.has(field));
	});
	const text = kept.join('\n');
	return text.endsWith('\n') ? text : `${text}\n`;
}

const REQUESTS = /^ {4}reconcile\.fluxcd\.io\/(?:requestedAt|forceAt|resetAt):.*\n/gm;
const NO_ANNOTATIONS = /^ {2}annotations:\n(?! {4})/gm;

/** An editable text without what only asks a controller to reconcile: whoever presses that button edits nothing. */
export const besideRequests = (text: string): string => text.replace(REQUESTS, '').replace(NO_ANNOTATIONS, '');

/** What stands in Gyre's answers for a value that is hidden. */
export const MASK = '********';
