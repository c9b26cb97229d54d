// Lists of favourites and of saved views, with one put in or taken out.
import type { Favourite, SavedView } from '#lib/api/preferences.ts';

/** The same for the same object. */
export const favouriteKey = ({ cluster, kind, namespace, name }: Favourite): string => JSON.stringify([cluster, kind, namespace, name]);

export const isFavourite = (favourites: readonly Favourite[], object: Favourite): boolean => favourites.some((one) => favouriteKey(one) === favouriteKey(object));

/** With the object last, or without it. */
export function toggledFavourite(favourites: readonly Favourite[], object: Favourite, wanted: boolean): Favourite[] {
	const { cluster, kind, namespace, name } = object;
	const others = favourites.filter((one) => favouriteKey(one) !== favouriteKey(object));
	return wanted ? [...others, { cluster, kind, namespace, name }] : others;
}

/** With the view under its name: in the place of the one that had it, else last. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
	const known = views.some(({ name }) => name === view.name);
	return known ? views.map((one) => (one.name === view.name ? view : one)) : [...views, view];
}

export const withoutView = (views: readonly SavedView[], name: string): SavedView[] => views.filter((one) => one.name !== name);
