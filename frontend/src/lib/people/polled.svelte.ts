// What an administrator looks at: read at once, after each write, and every few seconds while it is looked at, since
// others administer too. Nothing is shown that the server did not answer.
import { refreshAll } from '$app/navigation';
import { Refusal } from '#lib/api/client.ts';

const EVERY = 10_000;

export class Polled<Data> {
	data = $state.raw<Data | null>(null);
	refusal = $state.raw<Refusal | null>(null);
	/** Whether what is asked now was answered: what is there may be the answer to what was asked before. */
	answered = $state(false);
	#ask: (() => Promise<Data>) | undefined;
	#reads = 0;

	/** Asks this from now on. What was there stays until the answer comes. */
	ask(how: () => Promise<Data>): void {
		this.#ask = how;
		this.answered = false;
		void this.read();
	}

	async read(): Promise<void> {
		if (!this.#ask) return;
		const read = ++this.#reads;
		try {
			const data = await this.#ask();
			if (read !== this.#reads) return;
			this.data = data;
			this.refusal = null;
			this.answered = true;
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			if (read !== this.#reads) return;
			this.refusal = error;
			if (error.code === 'FORBIDDEN') void refreshAll(); // one's own rights have changed
		}
	}

	/** Reads again and again until the returned function is called: made for `$effect`. */
	watch(): () => void {
		const again = (): void => void (document.visibilityState === 'visible' && this.read());
		const timer = setInterval(again, EVERY);
		document.addEventListener('visibilitychange', again);
		return () => {
			clearInterval(timer);
			document.removeEventListener('visibilitychange', again);
		};
	}
}
