// Addresses of objects.

interface Identity {
	cluster: string;
	kind: string;
	namespace: string;
	name: string;
}

/** The page of an object. The kind's own name stands in it: plurals are for APIs. */
export const objectPath = ({ cluster, kind, namespace, name }: Identity): string =>
	`/resources/${[cluster, kind, namespace || '-', name].map(encodeURIComponent).join('/')}`;
