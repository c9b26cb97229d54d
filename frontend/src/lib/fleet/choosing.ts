// Which of some rows an action is for.
import type { Status } from './status.ts';

export interface May {
	reconcile: boolean;
	suspend: boolean;
}

interface Actable {
	suspended: boolean;
	status: Status;
}

/** What is suspended can be resumed, what is not can be reconciled or suspended; what is being deleted, nothing. */
export function sorted<Row extends Actable>(rows: readonly Row[], may: (row: Row) => May): { reconcile: Row[]; suspend: Row[]; resume: Row[] } {
	const alive = rows.filter(({ status }) => status !== 'TERMINATING');
	return {
		reconcile: alive.filter((row) => !row.suspended && may(row).reconcile),
		suspend: alive.filter((row) => !row.suspended && may(row).suspend),
		resume: alive.filter((row) => row.suspended && may(row).suspend)
	};
}
