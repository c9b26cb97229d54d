// The search part of addresses.

/** `a=1&b=2` of what has a value, in this order. */
export function parametersOf(pairs: readonly (readonly [name: string, value: string])[]): string {
	return pairs.flatMap(([name, value]) => (value.trim() ? [`${name}=${encodeURIComponent(value.trim())}`] : [])).join('&');
}

/** The same with its question mark; '' when nothing has a value. */
export function searchOfPairs(pairs: readonly (readonly [name: string, value: string])[]): string {
	const parameters = parametersOf(pairs);
	return parameters && `?${parameters}`;
}
