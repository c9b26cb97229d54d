// The theme that somebody chose, on every device of theirs. What is seen before it is known: static/theme.js.
import { mutate, Refusal } from '#lib/api/client.ts';
import { Prefer } from '#lib/api/preferences.ts';
import { themes, type Theme } from '#lib/ui/theme.svelte.ts';
import { preferences } from './preferences.svelte.ts';

/** Takes over what was chosen elsewhere, and keeps what is chosen here until the returned function is called. */
export function ownTheme(): () => void {
	let chosenHere = false;
	themes.keep = (theme) => {
		chosenHere = true;
		void keep(theme);
	};
	void preferences.read().then((kept) => kept && !chosenHere && themes.adopt(kept.theme.toLowerCase() as Theme));
	return () => (themes.keep = undefined);
}

async function keep(theme: Theme): Promise<void> {
	try {
		await mutate(Prefer, { input: { theme: theme.toUpperCase() as 'SYSTEM' | 'LIGHT' | 'DARK' } });
	} catch (error) {
		if (!(error instanceof Refusal)) throw error; // it holds on this device
	}
}
