// The theme that somebody chose, on every device of theirs. What is seen before it is known: static/theme.js.
import { mutate, query, Refusal } from '#lib/api/client.ts';
import { KeepTheme, Own } from '#lib/api/account.ts';
import { themes, type Theme } from '#lib/ui/theme.svelte.ts';

/** Takes over what was chosen elsewhere, and keeps what is chosen here until the returned function is called. */
export function ownTheme(): () => void {
	let chosenHere = false;
	themes.keep = (theme) => {
		chosenHere = true;
		void keep(theme);
	};
	void read().then((theme) => theme && !chosenHere && themes.adopt(theme));
	return () => (themes.keep = undefined);
}

async function read(): Promise<Theme | null> {
	try {
		return (await query(Own, {})).preferences.theme.toLowerCase() as Theme;
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return null; // as this device has it
	}
}

async function keep(theme: Theme): Promise<void> {
	try {
		await mutate(KeepTheme, { theme: theme.toUpperCase() as 'SYSTEM' | 'LIGHT' | 'DARK' });
	} catch (error) {
		if (!(error instanceof Refusal)) throw error; // it holds on this device
	}
}
