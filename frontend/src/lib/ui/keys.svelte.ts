// The keyboard: pages say which keys do what, the help page shows the keys that work where one is.
import { untrack } from 'svelte';

export interface Binding {
	/** As people read it: `j`, `g o`, `Enter`. */
	keys: string;
	says: string;
	run: () => void;
	/** Whether it also works while one types in a field. */
	typing?: boolean;
}

const CHORD_WITHIN = 1_200;

/** What a key press is called: a letter as typed, or the name of the key. Nothing with Ctrl, Alt or Meta. */
export function nameOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string | null {
	if (event.ctrlKey || event.metaKey || event.altKey) return null;
	return event.key === ' ' ? 'Space' : event.key;
}

/** The binding that `pressed` completes after `before`, or whether it begins a chord. */
export function match<B extends Pick<Binding, 'keys'>>(
	bindings: readonly B[],
	before: string | null,
	pressed: string
): { binding: B | undefined; begins: boolean } {
	const chord = before === null ? pressed : `${before} ${pressed}`;
	return {
		binding: bindings.findLast(({ keys }) => keys === chord) ?? bindings.findLast(({ keys }) => keys === pressed),
		begins: before === null && bindings.some(({ keys }) => keys.startsWith(`${pressed} `))
	};
}

/** What is really typed into: what is inside an editor's shadow root is told of as the element around it. */
const innermost = (event: KeyboardEvent): EventTarget | null => event.composedPath()[0] ?? event.target;

const isField = (target: EventTarget | null): boolean =>
	target instanceof HTMLElement && (target.matches('input:not([type=checkbox], [type=radio]), textarea, select') || target.isContentEditable);

/** Controls that Enter and Space already work on. */
const isControl = (target: EventTarget | null): boolean =>
	target instanceof HTMLElement && target.closest('a, button, summary, [role=menuitem]') !== null;

class Keys {
	bindings = $state.raw<readonly Binding[]>([]);
	#before: string | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** Returns what takes them away again: made for `$effect`. */
	add(bindings: readonly Binding[]): () => void {
		this.bindings = [...untrack(() => this.bindings), ...bindings];
		return () => (this.bindings = this.bindings.filter((one) => !bindings.includes(one)));
	}

	press(event: KeyboardEvent): void {
		const name = nameOf(event);
		if (name === null || event.defaultPrevented || document.querySelector('dialog[open]')) return;
		if (name === 'Enter' && isControl(innermost(event))) return;
		const usable = isField(innermost(event)) ? this.bindings.filter(({ typing }) => typing) : this.bindings;
		const { binding, begins } = match(usable, this.#before, name);
		this.#before = begins ? name : null;
		clearTimeout(this.#timer);
		if (begins) this.#timer = setTimeout(() => (this.#before = null), CHORD_WITHIN);
		if (!binding) return;
		event.preventDefault();
		binding.run();
	}
}

export const keys = new Keys();
