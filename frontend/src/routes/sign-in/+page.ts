import { providers } from '#lib/session/coming-in.ts';
import { newcomer } from '#lib/session/viewer.svelte.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async () => {
	// Who is signed in already and only has to change their password is not asked for the rest again.
	const [known, ways] = await Promise.all([newcomer(), providers()]);
	return { mustChange: known?.mustChangePassword ? known.username : null, ways };
};
