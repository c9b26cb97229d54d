// What happens when the session ends while a page is open.
import { goto } from '$app/navigation';
import { signInPath } from './return-to.ts';

const OUTSIDE = ['/sign-in', '/invite'];
let leaving = false;

/** To the sign-in page, once, and back here afterwards. */
export function sessionEnded(): void {
	if (leaving || OUTSIDE.some((path) => location.pathname.startsWith(path))) return;
	leaving = true;
	void goto(signInPath(location), { replace: true }).finally(() => (leaving = false));
}
