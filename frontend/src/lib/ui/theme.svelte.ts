// Light, dark, or what the system says. static/theme.js sets the choice before the first paint.

const KEY = 'gyre.theme';
export type Theme = 'system' | 'light' | 'dark';
const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

class Themes {
	chosen = $state<Theme>((document.documentElement.dataset['theme'] as Theme | undefined) ?? 'system');

	next(): void {
		this.choose(NEXT[this.chosen]);
	}

	/** Told of what somebody chooses: kept with their account, so that it holds on every device. */
	keep: ((theme: Theme) => void) | undefined;

	choose(theme: Theme): void {
		this.adopt(theme);
		this.keep?.(theme);
	}

	/** As it was chosen elsewhere. */
	adopt(theme: Theme): void {
		this.chosen = theme;
		const root = document.documentElement;
		if (this.chosen === 'system') delete root.dataset['theme'];
		else root.dataset['theme'] = this.chosen;
		try {
			localStorage.setItem(KEY, this.chosen);
		} catch {
			// Storage is closed: the choice lasts as long as the page.
		}
	}
}

export const themes = new Themes();
