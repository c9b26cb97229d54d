// What is told to who comes back from a provider without a session. The address holds a code only: never words of others.

const WORDS: Record<string, string> = {
	SIGN_IN_FAILED: 'The provider did not let you in, or its answer could not be believed. Try again; if it stays so, ask an administrator.',
	SIGN_IN_LAPSED: 'This sign-in was begun in another window, or too long ago. Begin again.',
	NO_ACCOUNT: 'The provider knows you, but there is no user here for you yet. Ask an administrator of Gyre.',
	ACCOUNT_DISABLED: 'Your account here is disabled. Ask an administrator of Gyre.',
	PROVIDER_UNAVAILABLE: 'The provider does not answer now. Try again in a moment, or sign in another way.',
	PROVIDER_NOT_FOUND: 'There is no such way to sign in here any more.',
	RATE_LIMITED: 'Too many sign-ins at once. Wait a moment and try again.',
	UNAVAILABLE: 'Gyre’s database does not answer now. Try again in a moment.'
};

/** The words for a code, nothing without one. */
export function wordsOf(code: string | null): string {
	if (!code) return '';
	return Object.hasOwn(WORDS, code) ? WORDS[code]! : 'Signing in did not work. Try again.';
}
