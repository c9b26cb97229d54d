// Users, groups, policies and bindings: found by name, a page at a time, and how their lists stand in addresses.
import { searchOfPairs } from '#lib/address.ts';
import { query } from '#lib/api/client.ts';
import { Bindings, Groups, Policies, Users, type Binding, type Group, type Policy, type Role, type User } from '#lib/api/people.ts';

export const PAGE = 50;
const MANY = 200;
const FEW = 12;

export interface ListView {
	text: string;
	page: number;
}

type Parameters = Pick<URLSearchParams, 'get'>;
const LONGEST_TEXT = 100;

/** The part of a list that an address means. */
export function listViewOf(parameters: Parameters): ListView {
	const page = Number(parameters.get('page') ?? '1');
	return { text: (parameters.get('q') ?? '').slice(0, LONGEST_TEXT), page: Number.isInteger(page) && page >= 1 && page <= 10_000 ? page : 1 };
}

export const listSearch = ({ text, page }: ListView): string => searchOfPairs([['q', text], ['page', page > 1 ? String(page) : '']]);

export const asked = ({ text, page }: ListView): { text: string; first: number; offset: number } => ({ text: text.trim(), first: PAGE, offset: (page - 1) * PAGE });

export const userPath = (username: string): string => `/admin/users/${encodeURIComponent(username)}`;
export const groupPath = (name: string): string => `/admin/groups/${encodeURIComponent(name)}`;
export const policyPath = (name: string): string => `/admin/policies/${encodeURIComponent(name)}`;

/** A link to hand over: a server that does not know its own address tells a path. */
export const wholeLink = (link: string): string => new URL(link, location.origin).href;

interface Part<One> {
	nodes: One[];
	totalCount: number;
}

/** The one of exactly this name. Names that contain it may come before it, so parts are read until it is there. */
async function named<One>(is: (one: One) => boolean, part: (first: number, offset: number) => Promise<Part<One>>): Promise<One | null> {
	for (let offset = 0, first = FEW; ; offset += first, first = MANY) {
		const { nodes, totalCount } = await part(first, offset);
		const found = nodes.find(is);
		if (found) return found;
		if (offset + first >= totalCount) return null;
	}
}

export const userNamed = (username: string): Promise<User | null> =>
	named((one) => one.username === username, async (first, offset) => (await query(Users, { text: username, first, offset })).users);
export const groupNamed = (name: string): Promise<Group | null> =>
	named((one) => one.name === name, async (first, offset) => (await query(Groups, { text: name, first, offset })).groups);
export const policyNamed = (name: string): Promise<Policy | null> =>
	named((one) => one.name === name, async (first, offset) => (await query(Policies, { text: name, first, offset })).policies);

export type Given = { policyId: string } | { userId: string } | { groupId: string };

/** All bindings of one policy, user or group. */
export async function bindingsOf(given: Given): Promise<Binding[]> {
	const all: Binding[] = [];
	for (let offset = 0; ; offset += MANY) {
		const { nodes, totalCount } = (await query(Bindings, { text: '', policyId: null, userId: null, groupId: null, ...given, first: MANY, offset })).bindings;
		all.push(...nodes);
		if (offset + MANY >= totalCount) return all;
	}
}

/** Those whose name begins with what is typed come first: the server sorts by name alone. */
export const beginning = <One>(text: string, ones: readonly One[], name: (one: One) => string): One[] =>
	[...ones].sort((a, b) => Number(name(b).startsWith(text)) - Number(name(a).startsWith(text)));

/** A few with this text in their name, for a field that offers them. */
export const someUsers = async (text: string): Promise<User[]> => beginning(text, (await query(Users, { text, first: FEW, offset: 0 })).users.nodes, ({ username }) => username);
export const someGroups = async (text: string): Promise<Group[]> => beginning(text, (await query(Groups, { text, first: FEW, offset: 0 })).groups.nodes, ({ name }) => name);
export const somePolicies = async (text: string): Promise<Policy[]> => beginning(text, (await query(Policies, { text, first: FEW, offset: 0 })).policies.nodes, ({ name }) => name);

export const ROLES: readonly Role[] = ['ADMIN', 'EDITOR', 'VIEWER', 'MEMBER'];
export const ROLE_NAMES: Readonly<Record<Role, string>> = { ADMIN: 'Admin', EDITOR: 'Editor', VIEWER: 'Viewer', MEMBER: 'Member' };
export const ROLE_SAYS: Readonly<Record<Role, string>> = {
	ADMIN: 'Everything, administration included.',
	EDITOR: 'All actions on all resources, no administration.',
	VIEWER: 'Sees everything, changes nothing.',
	MEMBER: 'Nothing but what policies give.'
};

export const everywhere = (cluster: string): string => (cluster === '*' ? 'every cluster' : cluster);
