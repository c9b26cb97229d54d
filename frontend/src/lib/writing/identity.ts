// What a manifest is about, as far as its text says so, and how to say it otherwise.
import { placeOf } from './places.ts';

export interface Identity {
	kind: string;
	namespace: string;
	name: string;
}

/** `key: value` → value; what is no plain or quoted text is none. */
function scalarAt(text: string, path: string): string {
	const place = placeOf(text, path);
	const written = place ? text.slice(place.from, place.to) : '';
	const [, key = '', value = ''] = /^([^:]+):\s*(.*?)\s*(?:\s#.*)?$/.exec(written) ?? [];
	return key.replace(/["']/g, '') === path.split('.').at(-1) ? value.replace(/^(["'])(.*)\1$/, '$2') : '';
}

export const identityOf = (text: string): Identity => ({
	kind: scalarAt(text, 'kind'),
	namespace: scalarAt(text, 'metadata.namespace'),
	name: scalarAt(text, 'metadata.name')
});

/** With another namespace. A text that names none is left as it is: where it belongs is for who wrote it to say. */
export function inNamespace(text: string, namespace: string): string {
	const place = placeOf(text, 'metadata.namespace');
	if (!place || !text.slice(place.from, place.to).startsWith('namespace:')) return text;
	return `${text.slice(0, place.from)}namespace: ${namespace}${text.slice(place.to)}`;
}
