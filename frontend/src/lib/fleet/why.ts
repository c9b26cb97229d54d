// Why a row is as it is, in one line.
import { isBlocked, type Status } from './status.ts';
import { isPast, shortRevision, since } from './when.ts';

export interface Explained {
	status: Status;
	reason: string;
	message: string;
	revision: string;
	dependsOn: readonly { name: string }[];
	suspended: boolean;
	suspendedBy: string | null;
	suspendedReason: string | null;
	suspendedSince: string | null;
	suspendedUntil: string | null;
}

/** What stands beside the status in a list. */
export function whyOf(row: Explained, now: number): string {
	if (row.suspended && row.status === 'SUSPENDED') return suspensionOf(row, now) || row.message;
	if (isBlocked(row)) return row.message || `Waits for ${row.dependsOn.map(({ name }) => name).join(', ')}`;
	return row.status === 'READY' && row.revision ? shortRevision(row.revision) : row.message;
}

function suspensionOf({ suspendedBy, suspendedReason, suspendedSince, suspendedUntil }: Explained, now: number): string {
	if (!suspendedBy) return '';
	const when = suspendedSince ? ` ${since(suspendedSince, now)} ago` : '';
	const until = suspendedUntil ? ` (until ${suspendedUntil.slice(0, 16).replace('T', ' ')}${isPast(suspendedUntil, now) ? ', passed' : ''})` : '';
	return `By ${suspendedBy}${when}${suspendedReason ? `: ${suspendedReason}` : ''}${until}`;
}
