// What a browser or script calls itself, in the words of who uses it. A guess, for recognising one's own; the whole stands in a title.

const BROWSERS: readonly [name: string, sign: RegExp][] = [
	['Edge', /\bEdg(e|A|iOS)?\//],
	['Opera', /\bOPR\//],
	['Firefox', /\b(Firefox|FxiOS)\//],
	['Chrome', /\b(HeadlessChrome|Chrome|Chromium|CriOS)\//],
	['Safari', /\bVersion\/.*\bSafari\//]
];
const SYSTEMS: readonly [name: string, sign: RegExp][] = [
	['iPhone', /iPhone/],
	['iPad', /iPad/],
	['Android', /Android/],
	['Windows', /Windows/],
	['macOS', /Mac OS X|Macintosh/],
	['ChromeOS', /CrOS/],
	['Linux', /Linux/]
];
const LONGEST = 60;

const first = (from: readonly [string, RegExp][], text: string): string | undefined => from.find(([, sign]) => sign.test(text))?.[0];

export function device(userAgent: string): string {
	const text = userAgent.trim();
	if (!text) return 'Something without a name';
	const [browser, system] = [first(BROWSERS, text), first(SYSTEMS, text)];
	if (browser) return system ? `${browser} on ${system}` : browser;
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
