// The real program with its embedded cluster, on a free port, with a data folder of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

export const PASSWORD = 'correct-horse-battery';
const READY_WITHIN = 150_000; // ten thousand objects on a busy machine

declare module 'vitest' {
	interface ProvidedContext {
		base: string;
		kubeconfig: string;
		processId: number;
	}
}

export interface Server {
	base: string;
	kubeconfig: string;
	processId: number;
	end: () => Promise<void>;
}

export default async function start(project: TestProject): Promise<() => Promise<void>> {
	const { base, kubeconfig, processId, end } = await startServer();
	project.provide('base', base);
	project.provide('kubeconfig', kubeconfig);
	project.provide('processId', processId);
	return end;
}

/** One more server, for what the one that all share is not like. */
export async function startServer(options: readonly string[] = [], settings: Record<string, string> = {}): Promise<Server> {
	const folder = await mkdtemp(join(tmpdir(), 'gyre-e2e-'));
	const program = process.env['E2E_PROGRAM'] ?? new URL('../../.venv/bin/gyre', import.meta.url).pathname;
	const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GYRE_')));
	// All tests sign in from one address, and most as one person: in a minute they ask what twenty people would.
	const unlimited = { GYRE_RATE_LIMIT_ANONYMOUS: '0', GYRE_RATE_LIMIT_GRAPHQL: '0' };
	const own = { GYRE_DATA_DIR: folder, GYRE_PORT: '0', GYRE_ADMIN_PASSWORD: PASSWORD, GYRE_ALLOW_LOCAL_CLUSTERS: 'true', NO_COLOR: '1' };
	const child = spawn(program, ['demo', ...options], {
		env: { ...inherited, ...own, ...unlimited, ...settings },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	const end = async (): Promise<void> => {
		await stopped(child);
		await rm(folder, { recursive: true, force: true });
	};
	try {
		return { ...(await untilReady(child)), processId: child.pid!, end };
	} catch (error) {
		await end();
		throw error;
	}
}

function untilReady(child: ChildProcess): Promise<{ base: string; kubeconfig: string }> {
	return new Promise((resolve, reject) => {
		let said = '';
		const timer = setTimeout(() => reject(new Error(`gyre demo was not ready in time; it said:\n${said}`)), READY_WITHIN);
		const hear = (text: Buffer): void => {
			said += text.toString();
			const base = /Open\s+(http:\S+)/.exec(said)?.[1];
			const kubeconfig = /--kubeconfig '?([^\s']+)/.exec(said)?.[1];
			if (!base || !kubeconfig) return;
			clearTimeout(timer);
			resolve({ base, kubeconfig });
		};
		child.stdout?.on('data', hear);
		child.stderr?.on('data', hear);
		child.on('exit', (code) => reject(new Error(`gyre demo ended with ${code}; it said:\n${said}`)));
	});
}

async function stopped(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null) return;
	const gone = new Promise((resolve) => child.once('exit', resolve));
	child.kill('SIGCONT');
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
	await gone;
	clearTimeout(timer);
}
