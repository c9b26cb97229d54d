// One object while it is edited: what it was made from, what has changed in the cluster since, and what the cluster says of it.
import type { FluxObject } from '#lib/api/object.ts';
import type { Written } from '#lib/api/writing.ts';
import { besideRequests, editableOf } from './documents.ts';
import type { Problem } from './problems.ts';
import { heldBy, isStale, send, type Held, type How } from './sending.ts';

const TYPING_PAUSE = 600;
const READ_AGAIN_AFTER = 250;
const READ_AGAIN_TIMES = 8; // two seconds: the watch tells of a change within one

export interface Version {
	text: string;
	version: string;
}

export interface Verdict {
	accepted: boolean;
	problems: readonly Problem[];
	held: readonly Held[];
}

/** Reads the object anew, as far as it is known by now. */
type Reread = () => Promise<FluxObject | null>;

export const versionOf = ({ yaml, resourceVersion }: Pick<FluxObject, 'yaml' | 'resourceVersion'>): Version => ({ text: editableOf(yaml), version: resourceVersion });

export class Editing {
	text = $state('');
	base = $state.raw<Version>({ text: '', version: '' });
	/** What others made of it meanwhile, while the text is made from something older. */
	theirs = $state.raw<Version | null>(null);
	/** What the cluster says of the text; null while it is asked, and of a text that was not changed. */
	verdict = $state.raw<Verdict | null>(null);
	saving = $state(false);
	how = $state<Exclude<How, 'create'>>('update');
	force = $state(false);
	/** In how many places both had changed the same lines, when the changes were put together. */
	clashes = $state(0);
	readonly #cluster: string;
	readonly #reread: Reread;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#asked = 0;

	constructor(object: FluxObject, reread: Reread) {
		this.#cluster = object.cluster;
		this.#reread = reread;
		this.base = versionOf(object);
		this.text = this.base.text;
	}

	get changed(): boolean {
		return this.text !== this.base.text;
	}

	/** The object as it is now. Its status changes all the time: only what can be edited counts. */
	take(object: FluxObject): void {
		const now = versionOf(object);
		if (now.version === this.base.version) return;
		if (now.text === this.base.text) {
			this.base = now;
			this.theirs = null; // or it was changed, and changed back
		} else if (!this.changed || now.text === this.text) {
			this.base = now;
			this.text = now.text;
			this.theirs = null;
		} else if (besideRequests(now.text) === besideRequests(this.base.text)) void this.#follow(now);
		else this.theirs = now;
	}

	/** Somebody asked for a reconcile: that goes under what is written here without a word. */
	async #follow(now: Version): Promise<void> {
		const { merged } = await import('./merging.ts');
		const { text, clashes } = merged(this.base.text, now.text, this.text);
		if (clashes) this.theirs = now;
		else {
			this.base = now;
			this.text = text;
		}
	}

	/** What is to become of the changes of others: theirs with mine on top, mine alone, or theirs alone. */
	async settle(choice: 'both' | 'mine' | 'theirs'): Promise<void> {
		const theirs = this.theirs;
		if (!theirs) return;
		this.clashes = 0;
		if (choice === 'both') {
			const { merged } = await import('./merging.ts');
			({ text: this.text, clashes: this.clashes } = merged(this.base.text, theirs.text, this.text));
		} else if (choice === 'theirs') this.text = theirs.text;
		this.base = theirs;
		this.theirs = null;
		this.written();
	}

	/** The text, or how it is to be saved, has changed: the cluster is asked about it when one pauses. */
	written(): void {
		clearTimeout(this.#timer);
		this.#asked++;
		this.verdict = null;
		if (this.changed) this.#timer = setTimeout(() => void this.check(), TYPING_PAUSE);
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#asked++;
	}

	async check(): Promise<void> {
		const asking = ++this.#asked;
		const text = this.text;
		const verdict = await verdictOf(await this.#send(true), text);
		if (asking === this.#asked) this.verdict = verdict;
	}

	/** Saves it; null when that was refused, and the verdict says why. */
	async save(): Promise<Written | null> {
		if (this.saving || this.theirs) return null;
		clearTimeout(this.#timer);
		this.saving = true;
		const asking = ++this.#asked;
		const text = this.text;
		try {
			const written = await this.#send(false);
			if (!written.errors.length) return written;
			const verdict = await verdictOf(written, text);
			if (asking === this.#asked && !this.theirs) this.verdict = verdict;
			return null;
		} finally {
			this.saving = false;
		}
	}

	/** A version that only a change of the status has made old is no conflict: it is sent again for the one there is now. */
	async #send(dryRun: boolean): Promise<Written> {
		for (let times = 0; ; times++) {
			const { version } = this.base;
			const written = await send({ how: this.how, cluster: this.#cluster, yaml: this.text, version, force: this.force, dryRun });
			if (!isStale(written) || times === READ_AGAIN_TIMES || !(await this.#isNewer(version))) return written;
		}
	}

	/** Reads until the object is at another version than this; false when what others made of it has to be settled first. */
	async #isNewer(version: string): Promise<boolean> {
		for (let times = 0; times < READ_AGAIN_TIMES; times++) {
			if (this.theirs) return false;
			if (this.base.version !== version) return true;
			if (times) await new Promise((resolve) => setTimeout(resolve, READ_AGAIN_AFTER));
			const now = await this.#reread();
			if (!now) return false;
			this.take(now);
		}
		return false;
	}
}

async function verdictOf({ errors }: Written, text: string): Promise<Verdict> {
	const { problemsOf } = await import('./problems.ts');
	return { accepted: errors.length === 0, problems: problemsOf(errors, { text, from: 0, lines: 0 }), held: heldBy(errors) };
}
