// One's favourites and saved views: shown at once, kept with one's account, and the same in every tab and on every device.
import { mutate, query, Refusal } from '#lib/api/client.ts';
import { Prefer, PreferencesQuery, type Favourite, type Preferences, type SavedView } from '#lib/api/preferences.ts';
import { isFavourite, toggledFavourite, withoutView, withView } from './kept.ts';

type Change = (kept: Preferences) => Partial<Pick<Preferences, 'favourites' | 'views'>>;

class Own {
	favourites = $state.raw<readonly Favourite[]>([]);
	views = $state.raw<readonly SavedView[]>([]);
	/** Whether they were read at all. */
	known = $state(false);
	/** Why the last change was not kept. */
	problem = $state('');
	#last: Promise<unknown> = Promise.resolve();

	has = (object: Favourite): boolean => isFavourite(this.favourites, object);

	/** What is kept; null when it can't be asked now. */
	async read(): Promise<Preferences | null> {
		try {
			return this.#take((await query(PreferencesQuery, {})).preferences);
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			return null; // what was known stays
		}
	}

	/** An object is one of the favourites from now on, or no more. */
	toggle(object: Favourite): Promise<boolean> {
		const wanted = !this.has(object);
		const change: Change = ({ favourites }) => ({ favourites: toggledFavourite(favourites, object, wanted) });
		this.favourites = toggledFavourite(this.favourites, object, wanted);
		return this.#change(change);
	}

	keepView = (view: SavedView): Promise<boolean> => this.#change(({ views }) => ({ views: withView(views, view) }));

	forgetView = (name: string): Promise<boolean> => this.#change(({ views }) => ({ views: withoutView(views, name) }));

	/** One change after the other, each of what is kept then: another tab may have changed it. False when it was refused. */
	#change(change: Change): Promise<boolean> {
		const run = async (): Promise<boolean> => {
			this.problem = '';
			try {
				const kept = (await query(PreferencesQuery, {})).preferences;
				const { done } = await mutate(Prefer, { input: change(kept) });
				this.problem = done.errors[0]?.message ?? '';
				this.#take(done.preferences ?? kept);
			} catch (error) {
				if (!(error instanceof Refusal)) throw error;
				this.problem = error.message;
				await this.read();
			}
			return this.problem === '';
		};
		const result = this.#last.then(run);
		this.#last = result.catch(() => undefined);
		return result;
	}

	#take(kept: Preferences): Preferences {
		this.favourites = kept.favourites;
		this.views = kept.views;
		this.known = true;
		return kept;
	}
}

export const preferences = new Own();
