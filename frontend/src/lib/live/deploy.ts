// A tab that stays open over a deployment: its next navigation loads the new application, whole.
import { updated } from '$app/state';

interface Leaving {
	willUnload: boolean;
	from: { url: URL } | null;
	to: { url: URL } | null;
	cancel(): void;
}

/** For `beforeNavigate`. Parts of the old application are gone from the server, so none of them may be asked for. */
export function loadAnew(navigation: Leaving): void {
	const { from, to, willUnload } = navigation;
	if (!updated.current || willUnload || !to || to.url.pathname === from?.url.pathname) return;
	navigation.cancel();
	location.assign(to.url);
}

/** A deployment cuts every connection: the moment it comes back is the moment to look. */
export const lookForNew = (): void => void updated.check().catch(() => undefined);
