// A form that is sent: busy while it is, and what was refused, each at its field.
import { tick } from 'svelte';
import { Refusal } from '#lib/api/client.ts';

export interface Problem {
	code: string;
	message: string;
	path: readonly string[];
	/** What is wrong within a field, part by part. */
	causes?: readonly { field: string; message: string }[];
}

export interface Answered {
	done: { errors: readonly Problem[] };
}

export class Form {
	busy = $state(false);
	problems = $state.raw<readonly Problem[]>([]);
	/** Where its fields are: the first that is wrong gets the focus. */
	element = $state<HTMLFormElement>();

	/** `fields` are those that show what is wrong with them themselves. */
	constructor(readonly fields: readonly string[] = []) {}

	/** What is wrong with a field, by its path; '' when nothing is. */
	at(...path: string[]): string {
		return sentences(this.problems.filter((problem) => path.every((part, place) => problem.path[place] === part)));
	}

	/** What is wrong with no field that is there. */
	get rest(): string {
		return sentences(this.problems.filter(({ path }) => !this.fields.includes(path[0] ?? '')));
	}

	reset(): void {
		this.problems = [];
	}

	/** What `run` did; null when it was refused, or when one is under way. */
	async send<Answer extends Answered>(run: () => Promise<Answer>): Promise<Answer['done'] | null> {
		if (this.busy) return null;
		this.busy = true;
		try {
			const { done } = await run();
			this.problems = done.errors;
			if (!done.errors.length) return done;
			await this.#lead();
			return null;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			this.problems = [{ code: error.code, message: error.message, path: [] }];
			return null;
		} finally {
			this.busy = false;
		}
	}

	async #lead(): Promise<void> {
		await tick(); // it is marked by then
		this.element?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
	}
}

/** Messages as sentences: a capital first, a full stop last. */
function sentences(problems: readonly Problem[]): string {
	return problems.map(({ message }) => sentence(message)).join(' ');
}

export function sentence(message: string): string {
	const text = message.trim();
	if (!text) return '';
	return text[0]!.toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}
