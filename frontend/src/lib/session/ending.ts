// What happens when the session ends while a page is open.
import { goto } from '$app/navigation';
import { signInPath } from './return-to.ts';

let leaving = false;

/** To the sign-in page, once, and back here afterwards. */
export function sessionEnded(): void {
	if (leaving || location.pathname.startsWith('/sign-in')) return;
	leaving = true;
	void goto(signInPath(location), { replace: true }).finally(() => (leaving = false));
}
