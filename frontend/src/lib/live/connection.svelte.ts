// One WebSocket for all that is live, and what is known of its health.
import { createClient, type Client } from 'graphql-ws';
import { retryWait } from './backoff.ts';
import { lookForNew } from './deploy.ts';

const PING_EVERY = 10_000;
const PONG_WITHIN = 5_000;
const GRACE = 1_200; // a blink is not worth a banner

type Health = 'idle' | 'connecting' | 'live' | 'lost';

class Connection {
	health = $state<Health>('idle');
	/** When the connection was last known to work. */
	lostAt = $state(0);
	/** Counts the times it came back: whoever shows old data reads again. */
	healed = $state(0);
	#wasLive = false;
	#grace: ReturnType<typeof setTimeout> | undefined;

	opened(): void {
		clearTimeout(this.#grace);
		if (this.#wasLive && this.lostAt) {
			this.healed += 1;
			lookForNew();
		}
		this.#wasLive = true;
		this.lostAt = 0;
		this.health = 'live';
	}

	closed(clean: boolean): void {
		clearTimeout(this.#grace);
		if (clean) {
			this.health = 'idle';
			this.lostAt = 0;
			return;
		}
		if (!this.lostAt) this.lostAt = Date.now();
		this.#grace = setTimeout(() => (this.health = 'lost'), this.health === 'lost' ? 0 : GRACE);
	}

	connecting(): void {
		if (this.health === 'idle') this.health = 'connecting';
	}
}

export const connection = new Connection();

let wake: (() => void) | undefined;

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => {
		const done = (): void => {
			clearTimeout(timer);
			wake = undefined;
			resolve();
		};
		const timer = setTimeout(done, ms);
		wake = done;
	});
}

/** Try now instead of at the end of the pause: the network is back, or somebody looks again. */
export const tryNow = (): void => wake?.();

let socket: Client | undefined;

export function live(): Client {
	return (socket ??= open());
}

/** Ends every subscription: the next one opens a new socket with the cookies of then. */
export function hangUp(): void {
	void socket?.dispose();
	socket = undefined;
}

function open(): Client {
	let raw: WebSocket | undefined;
	let pong: ReturnType<typeof setTimeout> | undefined;
	addEventListener('online', tryNow);
	// The browser knows before any timeout does.
	addEventListener('offline', () => client.terminate());
	document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && tryNow());
	const client = createClient({
		url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`,
		lazy: true,
		lazyCloseTimeout: 2_000,
		keepAlive: PING_EVERY,
		retryAttempts: Number.POSITIVE_INFINITY,
		shouldRetry: () => true,
		retryWait: (attempt) => pause(retryWait(attempt, Math.random())),
		on: {
			connecting: () => connection.connecting(),
			opened: (opened) => (raw = opened as WebSocket),
			connected: () => connection.opened(),
			ping: (received) => {
				if (received) return;
				pong = setTimeout(() => raw?.readyState === WebSocket.OPEN && client.terminate(), PONG_WITHIN);
			},
			pong: (received) => received && clearTimeout(pong),
			closed: (event) => {
				clearTimeout(pong);
				connection.closed((event as CloseEvent).code === 1000);
			}
		}
	});
	return client;
}
