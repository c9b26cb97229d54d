// What the page of the audit shows, as its address says it: the filters and the place in it.
import { searchOfPairs } from '#lib/address.ts';
import type { AuditEntry, AuditFilter, Outcome } from '#lib/api/audit.ts';

export const OUTCOMES: readonly Outcome[] = ['SUCCEEDED', 'FAILED', 'REFUSED', 'OPEN'];
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = { SUCCEEDED: 'Done', FAILED: 'Failed', REFUSED: 'Refused', OPEN: 'Open' };

/** The filters that are lists of words, as they are called in addresses, here and in the export's. */
export const WORDS = ['who', 'action', 'cluster', 'kind', 'namespace', 'name'] as const;
type Word = (typeof WORDS)[number];
export type AuditView = Record<Word | 'since' | 'until' | 'q' | 'after', string> & { outcome: readonly Outcome[] };

const LONGEST = 500;
type Parameters = Pick<URLSearchParams, 'get'>;

/** The view an address means. What makes no sense in it is left out, never an error: people edit addresses. */
export function auditViewOf(parameters: Parameters): AuditView {
	const text = (name: string): string => (parameters.get(name) ?? '').trim().slice(0, LONGEST);
	const moment = (name: string): string => (Number.isNaN(Date.parse(text(name))) ? '' : text(name));
	const outcome = text('outcome').toUpperCase().split(',');
	const words = Object.fromEntries(WORDS.map((name) => [name, text(name)])) as Record<Word, string>;
	return { ...words, outcome: OUTCOMES.filter((one) => outcome.includes(one)), since: moment('since'), until: moment('until'), q: text('q'), after: text('after') };
}

/** The search part of an address: '' or '?…'. The export takes the same, but for the place. */
export function auditSearch(view: Partial<AuditView>): string {
	const named = [...WORDS, 'outcome', 'since', 'until', 'q', 'after'] as const;
	return searchOfPairs(
		named.map((name) => {
			const value = view[name] ?? '';
			return [name, typeof value === 'string' ? value : value.join(',').toLowerCase()];
		})
	);
}

const listed = (text: string): string[] => text.split(',').map((one) => one.trim()).filter(Boolean);
const PLURAL: Readonly<Record<Word, 'who' | 'actions' | 'clusters' | 'kinds' | 'namespaces' | 'names'>> = { who: 'who', action: 'actions', cluster: 'clusters', kind: 'kinds', namespace: 'namespaces', name: 'names' };

export function auditFilterOf(view: AuditView): AuditFilter {
	const filter: AuditFilter = {};
	for (const name of WORDS) if (listed(view[name]).length) filter[PLURAL[name]] = listed(view[name]);
	if (view.outcome.length) filter.outcomes = [...view.outcome];
	if (view.since) filter.since = new Date(view.since).toISOString();
	if (view.until) filter.until = new Date(view.until).toISOString();
	if (view.q) filter.text = view.q;
	return filter;
}

export const isAuditFilter = (view: AuditView): boolean => auditSearch({ ...view, after: '' }) !== '';

/** A moment of an address as a field for it takes it: in the time of who looks. */
export function localMoment(moment: string): string {
	if (!moment) return '';
	const at = new Date(moment);
	return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
export const momentOf = (local: string): string => (local ? new Date(local).toISOString() : '');

/** What a deed was about: the object, or nothing. */
export function aboutOf(entry: Pick<AuditEntry, 'kind' | 'namespace' | 'name'>): string {
	const kind = entry.kind.split('.')[0] ?? '';
	const object = [entry.namespace, entry.name].filter(Boolean).join('/');
	return [kind, object].filter(Boolean).join(' ');
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TELLING = ['username', 'name', 'policy', 'cluster', 'about'] as const;

/** The one line a deed is told in: its object, or else the first name its details have. */
export function gistOf(entry: Pick<AuditEntry, 'kind' | 'namespace' | 'name' | 'details'>): string {
	const about = aboutOf(entry);
	if (about) return about;
	const details = detailsOf(entry.details);
	return details.find(({ name, value }) => TELLING.some((one) => one === name) && !ID.test(value))?.value ?? '';
}

/** What else is known, line by line; what is nothing is left out. */
export function detailsOf(details: unknown): { name: string; value: string }[] {
	if (typeof details !== 'object' || details === null || Array.isArray(details)) return [];
	return Object.entries(details)
		.filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && !value.length))
		.map(([name, value]) => ({ name, value: typeof value === 'string' ? value : JSON.stringify(value) }));
}

/** Whether Kubernetes was only asked what it would say: nothing was changed. */
export const isDryRun = (details: unknown): boolean => typeof details === 'object' && details !== null && 'dryRun' in details && details.dryRun === true;
