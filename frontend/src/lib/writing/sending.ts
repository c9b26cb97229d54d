// Sends a manifest, to be checked or to be done.
import { mutate, Refusal } from '#lib/api/client.ts';
import { ApplyResource, CreateResource, UpdateResource, type WriteError, type Written } from '#lib/api/writing.ts';

/** `create` what is not there, put it in place of a version (`update`), or `apply` it on the server's side. */
export type How = 'create' | 'update' | 'apply';

export interface Wish {
	how: How;
	cluster: string;
	yaml: string;
	/** The version an update was made from. */
	version?: string;
	/** Take over what other managers hold. */
	force?: boolean;
	dryRun: boolean;
}

/** Also what is refused as a whole is told as an error of the manifest: who writes wants to know it there. */
export async function send({ how, cluster, yaml, version, force = false, dryRun }: Wish): Promise<Written> {
	try {
		if (how === 'create') return (await mutate(CreateResource, { input: { cluster, yaml, dryRun } })).createResource;
		if (how === 'update') return (await mutate(UpdateResource, { input: { cluster, yaml, dryRun, resourceVersion: version ?? null } })).updateResource;
		return (await mutate(ApplyResource, { input: { cluster, yaml, dryRun, forceConflicts: force } })).applyResource;
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		return refused({ code: error.code, message: error.message });
	}
}

const refused = ({ code, message }: Pick<WriteError, 'code' | 'message'>): Written => ({
	resource: null,
	created: false,
	position: null,
	yaml: null,
	errors: [{ code, message, path: [], causes: [], conflicts: [], details: {} }]
});

/** Refused since the object is at another version by now, not for what is written. */
export function isStale({ errors }: Pick<Written, 'errors'>): boolean {
	const details = errors[0]?.details as { current?: unknown } | null | undefined;
	return errors[0]?.code === 'CONFLICT' && typeof details?.current === 'string';
}

export interface Held {
	manager: string;
	fields: readonly string[];
}

/** Who else holds which fields, as an apply is refused for it. */
export function heldBy(errors: readonly WriteError[]): Held[] {
	const managers = new Map<string, string[]>();
	for (const { manager, field } of errors.flatMap(({ conflicts }) => conflicts)) managers.set(manager, [...(managers.get(manager) ?? []), field]);
	return [...managers].map(([manager, fields]) => ({ manager, fields }));
}
