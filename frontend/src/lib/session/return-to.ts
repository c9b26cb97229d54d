// Where to go after signing in. Only ever a path of this site.

/** The path in `wanted` when it is one of ours, else the overview. */
export function safeReturnTo(wanted: string | null, origin: string): string {
	if (!wanted || !wanted.startsWith('/')) return '/';
	let there: URL;
	try {
		there = new URL(wanted, origin);
	} catch {
		return '/';
	}
	// `//host`, `/\host` and control characters before either resolve to another origin.
	if (there.origin !== origin || there.pathname.startsWith('/sign-in') || there.pathname.startsWith('//')) return '/';
	return there.pathname + there.search + there.hash;
}

/** The address of the sign-in page that leads back to `here`. */
export function signInPath(here: { pathname: string; search: string }): string {
	const path = here.pathname + here.search;
	return path === '/' ? '/sign-in' : `/sign-in?returnTo=${encodeURIComponent(path)}`;
}
