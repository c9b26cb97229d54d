// The embedded cluster's own API, as anybody with its kubeconfig reaches it.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { inject } from 'vitest';

interface Named {
	apiVersion: string;
	plural: string;
	namespace: string;
	name: string;
}

function access(): { server: string; ca: Buffer; token: string } {
	const text = readFileSync(inject('kubeconfig'), 'utf8');
	const value = (key: string): string => new RegExp(`"?${key}"?:\\s*"?([^"\\s,}]+)`).exec(text)?.[1] ?? '';
	return { server: value('server'), ca: Buffer.from(value('certificate-authority-data'), 'base64'), token: value('token') };
}

const listPath = ({ apiVersion, namespace, plural }: Omit<Named, 'name'>): string => `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;

/** A merge patch, as `kubectl patch --type merge` sends it; of the object, or of its status. */
export const patch = async (object: Named, body: unknown, part: '' | '/status' = ''): Promise<void> =>
	void (await send('PATCH', `${listPath(object)}/${object.name}${part}`, 'application/merge-patch+json', body));

/** An object with this spec, as `kubectl create` makes it, in the name of a field manager. */
export const create = async (object: Named & { kind: string }, spec: unknown, manager = 'kubectl-create'): Promise<void> =>
	void (await send('POST', `${listPath(object)}?fieldManager=${manager}`, 'application/json', { apiVersion: object.apiVersion, kind: object.kind, metadata: { name: object.name, namespace: object.namespace }, spec }));

/** The object as the cluster has it, secrets included. */
export const get = async (object: Named): Promise<{ metadata: { resourceVersion: string; annotations?: Record<string, string> }; spec: Record<string, unknown> }> =>
	JSON.parse(await send('GET', `${listPath(object)}/${object.name}`, 'application/json'));

function send(method: string, path: string, type: string, body?: unknown): Promise<string> {
	const { server, ca, token } = access();
	const headers = { authorization: `Bearer ${token}`, 'content-type': type };
	return new Promise((resolve, reject) => {
		const call = request(new URL(path, server), { method, headers, ca }, (answer) => {
			let said = '';
			answer.on('data', (part: Buffer) => (said += part.toString()));
			answer.on('end', () => ((answer.statusCode ?? 500) < 300 ? resolve(said) : reject(new Error(`${answer.statusCode}: ${said}`))));
		});
		call.on('error', reject);
		call.end(body === undefined ? undefined : JSON.stringify(body));
	});
}
