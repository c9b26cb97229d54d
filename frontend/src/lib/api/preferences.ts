// How somebody likes Gyre to look: kept with their account, the same on every device.
import { graphql, type ResultOf } from './graphql.ts';

const PreferenceFields = graphql(`
	fragment PreferenceFields on Preferences @_unmask { theme favourites { cluster kind namespace name } views { name query } }
`);

export const PreferencesQuery = graphql(`query Preferences { preferences { ...PreferenceFields } }`, [PreferenceFields]);
export type Preferences = ResultOf<typeof PreferencesQuery>['preferences'];
export type Favourite = Preferences['favourites'][number];
export type SavedView = Preferences['views'][number];

export const Prefer = graphql(
	`mutation Prefer($input: PreferencesInput!) { done: updatePreferences(input: $input) { preferences { ...PreferenceFields } errors { code message path } } }`,
	[PreferenceFields]
);
