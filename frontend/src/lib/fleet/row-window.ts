// The loaded part of a long list, and how changes merge into it. Pure: who loads and who draws are elsewhere.
import type { Status } from './status.ts';
import type { Sort } from './view.ts';

export const CHUNK = 100;

export interface Rowlike {
	id: string;
	status: Status;
	name: string;
	resourceVersion: string;
	changedAt: string | null;
	reconciledAt: string | null;
}

export interface Changelike<Row extends Rowlike> {
	type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'LEFT' | 'RESYNC';
	position: string;
	row: Row | null;
	previousStatus: Status | null;
}

export interface Slot<Row extends Rowlike> {
	row: Row;
	/** It left the list but keeps its place until the list is laid anew. */
	gone: boolean;
	/** Its last change, when that was a moment ago. */
	stir: Stir | undefined;
}

/** A change worth showing: when it came, and the how manyth of this row it was. */
export interface Stir {
	at: number;
	count: number;
}

/** What a change asks for: nothing, draw a row again, lay the list anew (order or membership), or read all again. */
export type Effect = 'none' | 'draw' | 'lay' | 'read';

const KEY: Partial<Record<Sort, (row: Rowlike) => string | null>> = {
	status: (row) => row.status,
	changed: (row) => row.changedAt,
	reconciled: (row) => row.reconciledAt
};

const MOST_STIRS = 500; // more at once than a screen shows rows

/** Kubernetes counts resource versions up; what is no number can't be compared. */
const isNewer = (one: Rowlike, other: Rowlike): boolean => Number(one.resourceVersion) > Number(other.resourceVersion);

export class RowWindow<Row extends Rowlike> {
	/** How many rows match, as the server said with the newest page. */
	total = 0;
	/** The position to resume the live changes from. */
	position: string | null = null;
	readonly #slots = new Map<number, Slot<Row>>();
	readonly #places = new Map<string, number>();
	readonly #stirs = new Map<string, Stir>();

	constructor(readonly sort: Sort) {}

	at(index: number): Slot<Row> | undefined {
		return this.#slots.get(index);
	}

	placeOf(id: string): number | undefined {
		return this.#places.get(id);
	}

	/** The chunk numbers between two rows that are not loaded. */
	missing(first: number, last: number): number[] {
		const wanted: number[] = [];
		const end = Math.min(last, this.total - 1);
		for (let chunk = Math.floor(Math.max(0, first) / CHUNK); chunk * CHUNK <= end; chunk++) {
			if (!this.#slots.has(chunk * CHUNK)) wanted.push(chunk);
		}
		return wanted;
	}

	/** Takes a page as the server gave it. A row that a change already told newer stays so. */
	place(offset: number, rows: readonly Row[], total: number): void {
		this.total = total;
		rows.forEach((row, i) => this.#put(offset + i, row));
		for (const index of this.#slots.keys()) if (index >= total) this.#drop(index);
	}

	/** Forgets what is outside of [first, last]: it is read again when it is scrolled to. */
	keepOnly(first: number, last: number): void {
		for (const index of [...this.#slots.keys()]) if (index < first || index > last) this.#drop(index);
	}

	merge(change: Changelike<Row>, now: number): Effect {
		this.position = change.position;
		const { row } = change;
		if (change.type === 'RESYNC' || row === null) return 'read';
		const stir = this.#stir(row.id, now);
		const index = this.#places.get(row.id);
		const slot = index === undefined ? undefined : this.#slots.get(index);
		if (index === undefined || slot === undefined) return this.#elsewhere(change, row);
		if (change.type === 'DELETED' || change.type === 'LEFT') {
			this.#slots.set(index, { ...slot, gone: true });
			return 'lay';
		}
		if (slot.row.resourceVersion === row.resourceVersion && !slot.gone) return 'none'; // the page had it already
		this.#slots.set(index, { row, gone: false, stir });
		const key = KEY[this.sort];
		return key && key(slot.row) !== key(row) ? 'lay' : 'draw';
	}

	/** A change of a row that is not loaded: it matters only when it moves rows that are. */
	#elsewhere(change: Changelike<Row>, row: Row): Effect {
		if (change.type !== 'MODIFIED') return 'lay';
		if (this.sort === 'changed' || this.sort === 'reconciled') return 'lay';
		return this.sort === 'status' && change.previousStatus !== row.status ? 'lay' : 'none';
	}

	#put(index: number, row: Row): void {
		const place = this.#places.get(row.id);
		const known = place === undefined ? undefined : this.#slots.get(place);
		if (place !== undefined && place !== index) this.#drop(place);
		this.#drop(index);
		const newest = known && !known.gone && isNewer(known.row, row) ? known.row : row;
		this.#slots.set(index, { row: newest, gone: false, stir: this.#stirs.get(row.id) });
		this.#places.set(row.id, index);
	}

	#stir(id: string, now: number): Stir {
		const stir = { at: now, count: (this.#stirs.get(id)?.count ?? 0) + 1 };
		this.#stirs.delete(id);
		this.#stirs.set(id, stir);
		if (this.#stirs.size > MOST_STIRS) this.#stirs.delete(this.#stirs.keys().next().value!);
		return stir;
	}

	#drop(index: number): void {
		const slot = this.#slots.get(index);
		if (slot && this.#places.get(slot.row.id) === index) this.#places.delete(slot.row.id);
		this.#slots.delete(index);
	}
}
