// Events, the newest first, as pages and changes make them.
import type { EventChange, FluxEvent } from '#lib/api/events.ts';

type Told = Pick<FluxEvent, 'id' | 'lastAt'>;

export interface Events<E extends Told> {
	events: readonly E[];
	total: number;
	/** Whether older ones can be asked for. */
	more: boolean;
}

/** Moments of different precision: `…:00Z` is before `…:00.5Z`. */
const key = ({ lastAt }: Told): string => lastAt.replace(/Z$/, '');

function placed<E extends Told>(events: readonly E[], event: E): E[] {
	const at = events.findIndex((one) => key(one) <= key(event));
	return at < 0 ? [...events, event] : [...events.slice(0, at), event, ...events.slice(at)];
}

/** With one change taken in; null when everything has to be read again. */
export function merged<E extends Told>(list: Events<E>, change: { type: EventChange['type']; event: E | null }): Events<E> | null {
	const { type, event } = change;
	if (type === 'RESYNC' || !event) return null;
	const others = list.events.filter(({ id }) => id !== event.id);
	const known = others.length < list.events.length;
	if (type === 'DELETED' || type === 'LEFT') return { ...list, events: others, total: Math.max(0, list.total - 1) };
	const total = list.total + (type === 'ADDED' ? 1 : 0);
	const last = list.events.at(-1);
	// Older than all that is shown, while there are more: it comes with its page.
	if (!known && list.more && last && key(event) < key(last)) return { ...list, total };
	return { ...list, events: placed(others, event), total };
}

/** With the next page behind what is there; `gone` are those that went while it was read. The total is the stream's. */
export function extended<E extends Told>(list: Events<E>, page: Events<E>, gone: ReadonlySet<string>): Events<E> {
	const known = new Set(list.events.map(({ id }) => id));
	const older = page.events.filter(({ id }) => !known.has(id) && !gone.has(id));
	return { events: [...list.events, ...older], total: list.total, more: page.more };
}
