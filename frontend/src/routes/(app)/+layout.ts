import { redirect } from '@sveltejs/kit';
import { meet, viewer } from '#lib/session/viewer.svelte.ts';
import { signInPath } from '#lib/session/return-to.ts';
import type { LayoutLoad } from './$types';

export const load: LayoutLoad = async ({ url, untrack }) => {
	const who = await viewer();
	if (!who || who.mustChangePassword) {
		meet(who);
		redirect(307, untrack(() => signInPath(url)));
	}
	return { viewer: who };
};
