// Objects while they are written: what the cluster says of each, and what became of each.
import type { WriteError, Written } from '#lib/api/writing.ts';
import { documentsOf, type Part } from './documents.ts';
import { identityOf } from './identity.ts';
import type { Problem } from './problems.ts';
import { heldBy, send, type Held, type How } from './sending.ts';

const TYPING_PAUSE = 600;
/** More at once belongs into a repository. */
export const MOST_DOCUMENTS = 20;
const AT_ONCE = 4;

export interface Verdict {
	accepted: boolean;
	problems: readonly Problem[];
	held: readonly Held[];
	/** Refused for want of a right, or of sight. */
	forbidden: boolean;
	/** One of them is there already. */
	exists: boolean;
}

type Made = NonNullable<Written['resource']> & { created: boolean };

export class Creating {
	text = $state('');
	cluster = $state('default');
	how = $state<Exclude<How, 'update'>>('create');
	force = $state(false);
	/** Null while the cluster is asked, and where nothing is written. */
	verdict = $state.raw<Verdict | null>(null);
	busy = $state(false);
	/** What was made, of several. */
	made = $state.raw<readonly Made[]>([]);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#asked = 0;

	get documents(): Part[] {
		return documentsOf(this.text);
	}

	/** What is written, or how and where it is to be made, has changed. */
	written(): void {
		clearTimeout(this.#timer);
		this.#asked++;
		this.verdict = null;
		if (this.documents.length) this.#timer = setTimeout(() => void this.check(), TYPING_PAUSE);
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#asked++;
	}

	async check(): Promise<void> {
		const asking = ++this.#asked;
		const parts = this.documents;
		if (parts.length > MOST_DOCUMENTS) {
			this.verdict = await verdictOf([[{ ...NOT_MORE, message: `There are ${parts.length} documents, and ${MOST_DOCUMENTS} are the most at once: leave the rest for another time.` }]], parts.slice(0, 1));
			return;
		}
		const answers: WriteError[][] = [];
		const waiting = parts.map((part, i) => ({ part, i }));
		const work = async (): Promise<void> => {
			for (let next = waiting.shift(); next && asking === this.#asked; next = waiting.shift()) {
				answers[next.i] = [...(await this.#send(next.part, true)).errors];
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, work));
		if (asking !== this.#asked) return;
		const verdict = await verdictOf(answers, parts);
		if (asking === this.#asked) this.verdict = verdict;
	}

	/** Makes them in their order, up to the first that is refused; what is made leaves the text. Gives the last made when all were. */
	async make(): Promise<Written | null> {
		if (this.busy) return null;
		this.stop();
		this.busy = true;
		try {
			let last: Written | null = null;
			for (let part = this.documents[0]; part; part = this.documents[0]) {
				const several = this.documents.length > 1 || this.made.length > 0;
				last = await this.#send(part, false);
				if (last.errors.length || !last.resource) {
					this.verdict = await verdictOf([[...last.errors]], [part]);
					return null;
				}
				if (!several) return last;
				this.made = [...this.made, { ...last.resource, created: last.created }];
				this.text = this.text.slice(part.from + part.text.length);
			}
			return last;
		} finally {
			this.busy = false;
		}
	}

	#send = (part: Part, dryRun: boolean): Promise<Written> => send({ how: this.how, cluster: this.cluster, yaml: part.text, force: this.force, dryRun });
}

const NOT_MORE: WriteError = { code: 'LIMIT_EXCEEDED', message: '', path: [], causes: [], conflicts: [], details: {} };

async function verdictOf(answers: readonly (readonly WriteError[])[], parts: readonly Part[]): Promise<Verdict> {
	const { problemsOf } = await import('./problems.ts');
	const errors = answers.flat();
	const codes = new Set(errors.map(({ code }) => code));
	return {
		accepted: errors.length === 0,
		problems: answers.flatMap((each, i) => problemsOf(each.map((error) => inWords(error, parts[i]!)), parts[i]!)),
		held: heldBy(errors),
		forbidden: codes.has('FORBIDDEN') || codes.has('RESOURCE_NOT_FOUND'),
		exists: codes.has('ALREADY_EXISTS')
	};
}

/** Of what one may not even see it is said that it is not there, which explains nothing to who wants to make it. */
function inWords(error: WriteError, part: Part): WriteError {
	if (error.code !== 'RESOURCE_NOT_FOUND') return error;
	const { kind, namespace } = identityOf(part.text);
	return { ...error, path: ['metadata', 'namespace'], message: `You may not see any ${kind || 'object'} in namespace ${namespace}, so you can make none there.` };
}
