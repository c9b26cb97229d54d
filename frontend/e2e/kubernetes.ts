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

/** A merge patch, as `kubectl patch --type merge` sends it. */
export function patch(object: Named, body: unknown): Promise<void> {
	const { server, ca, token } = access();
	const path = `/apis/${object.apiVersion}/namespaces/${object.namespace}/${object.plural}/${object.name}`;
	const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/merge-patch+json' };
	return new Promise((resolve, reject) => {
		const call = request(new URL(path, server), { method: 'PATCH', headers, ca }, (answer) => {
			let said = '';
			answer.on('data', (part: Buffer) => (said += part.toString()));
			answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${answer.statusCode}: ${said}`))));
		});
		call.on('error', reject);
		call.end(JSON.stringify(body));
	});
}
