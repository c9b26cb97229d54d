import { createServer, type AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, expect, inject, test } from 'vitest';
import { ask, closed, newPage, signedIn, type Watched } from './browser.ts';
import { PASSWORD, startServer } from './server.ts';

const MADE = ['paul', 'quinn', 'rosa', 'sven'];

// Other files count users.
afterAll(async () => {
	const { page, close } = await signedIn('/');
	const { users } = await ask<{ users: { nodes: { id: string; username: string }[] } }>(page, '{ users { nodes { id username } } }');
	for (const { id } of users.nodes.filter(({ username }) => MADE.includes(username)))
		await ask(page, 'mutation($id: ID!) { deleteUser(id: $id) { errors { message } } }', { id });
	await close();
	await closed();
});

async function made(admin: Page, username: string, role = 'MEMBER'): Promise<string> {
	const input = { username, role, password: PASSWORD, mustChangePassword: false };
	return (await ask<{ createUser: { user: { id: string } } }>(admin, 'mutation($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', { input })).createUser.user.id;
}

async function enter(username: string, path = '/'): Promise<Watched> {
	const watched = await newPage();
	const { page } = watched;
	await page.goto(path);
	await page.getByLabel('User name').fill(username);
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.waitForURL((url) => url.pathname !== '/sign-in');
	return watched;
}

/** What people are sent back to by a provider has to be known before the server is there. */
function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address() as AddressInfo;
			server.close(() => resolve(port));
		});
	});
}

interface Rules {
	policies: { nodes: { id: string; name: string; description: string; rules: { actions: string[]; resources: string[]; namespaces: string[] }[] }[] };
}
const rulesOf = async (page: Page, text: string): Promise<Rules['policies']['nodes']> =>
	(await ask<Rules>(page, 'query($text: String!) { policies(text: $text) { nodes { id name description rules { actions resources namespaces } } } }', { text })).policies.nodes;
const boundTo = async (page: Page, userId: string): Promise<number> =>
	(await ask<{ bindings: { totalCount: number } }>(page, 'query($userId: ID!) { bindings(userId: $userId) { totalCount } }', { userId })).bindings.totalCount;

test('a policy that is there is changed, shows at once what was saved, and is deleted with what it gave', async () => {
	const { page: admin, complaints, close } = await signedIn('/admin/policies');
	const userId = await made(admin, 'paul');
	const rules = [{ resources: ['kustomizations'], namespaces: ['storefront'], actions: ['view'] }];
	const { createPolicy } = await ask<{ createPolicy: { policy: { id: string } } }>(admin, 'mutation($input: CreatePolicyInput!) { createPolicy(input: $input) { policy { id } } }', { input: { name: 'to-be-changed', rules } });
	await ask(admin, 'mutation($input: CreateBindingInput!) { createBinding(input: $input) { errors { code } } }', { input: { policyId: createPolicy.policy.id, cluster: 'default', userId } });
	expect(await boundTo(admin, userId)).toBe(1);

	await admin.goto('/admin/policies/to-be-changed');
	await admin.getByRole('link', { name: 'paul', exact: true }).waitFor();
	let hold = (): void => undefined;
	const held = new Promise<void>((resolve) => (hold = resolve));
	await admin.route('**/graphql', async (route) => {
		if (route.request().postData()?.includes('query Policies')) await held; // what was read before does not come between
		await route.continue();
	});
	await admin.getByLabel('What for').fill('For who pauses the shop');
	await admin.getByLabel('suspend', { exact: true }).check();
	await admin.getByRole('button', { name: 'Save' }).click();
	await admin.getByText('Saved. It acts at once.').waitFor();
	expect(await admin.getByLabel('What for').inputValue()).toBe('For who pauses the shop');
	expect(await admin.getByLabel('suspend', { exact: true }).isChecked()).toBe(true);
	hold();
	await admin.unrouteAll({ behavior: 'wait' });
	expect(await rulesOf(admin, 'to-be-changed')).toEqual([
		{ id: createPolicy.policy.id, name: 'to-be-changed', description: 'For who pauses the shop', rules: [{ actions: ['view', 'suspend'], resources: ['kustomizations'], namespaces: ['storefront'] }] }
	]);

	await admin.getByRole('button', { name: 'Delete' }).click();
	const asked = admin.getByRole('dialog');
	expect(await asked.textContent()).toContain('It is given 1 time.');
	expect(await asked.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
	await asked.getByLabel('Type to-be-changed to be sure').fill('to-be-changed');
	await asked.getByRole('button', { name: 'Delete' }).click();
	await admin.waitForURL('**/admin/policies');
	expect(await rulesOf(admin, 'to-be-changed')).toEqual([]);
	expect(await boundTo(admin, userId)).toBe(0);
	expect(complaints).toEqual([]);
	await close();
});

test('a member is taken out of a group, and the group deleted', async () => {
	const { page: admin, complaints, close } = await signedIn('/admin/groups');
	const id = await made(admin, 'quinn');
	const { createGroup } = await ask<{ createGroup: { group: { id: string } } }>(admin, 'mutation($input: CreateGroupInput!) { createGroup(input: $input) { group { id } } }', { input: { name: 'passers-by' } });
	await ask(admin, 'mutation($input: UpdateGroupInput!) { updateGroup(input: $input) { errors { code } } }', { input: { id: createGroup.group.id, add: [id] } });
	const members = async (): Promise<unknown> => (await ask<{ groups: { nodes: unknown[] } }>(admin, '{ groups(text: "passers-by") { nodes { name members { username } } } }')).groups.nodes;
	expect(await members()).toEqual([{ name: 'passers-by', members: [{ username: 'quinn' }] }]);

	await admin.goto('/admin/groups/passers-by');
	await admin.getByRole('button', { name: 'Take out quinn' }).click();
	const asked = admin.getByRole('dialog');
	await asked.getByRole('heading', { name: 'Take quinn out of passers-by?' }).waitFor();
	expect(await members()).toEqual([{ name: 'passers-by', members: [{ username: 'quinn' }] }]); // asked back first
	await asked.getByRole('button', { name: 'Take out' }).click();
	await admin.getByText('Nobody is in it yet.').waitFor();
	expect(await members()).toEqual([{ name: 'passers-by', members: [] }]);

	await admin.getByRole('button', { name: 'Delete' }).click();
	await asked.getByRole('button', { name: 'Delete' }).click();
	await admin.waitForURL('**/admin/groups');
	expect(await members()).toEqual([]);
	expect(complaints).toEqual([]);
	await close();
});

test('an administrator ends the session of another and revokes their token', async () => {
	const { page: admin, complaints, close } = await signedIn('/admin/users');
	await made(admin, 'rosa', 'VIEWER');
	const { page: rosa, close: leave } = await enter('rosa', '/resources');
	const { createToken } = await ask<{ createToken: { secret: string } }>(rosa, 'mutation($input: CreateTokenInput!) { createToken(input: $input) { secret } }', { input: { name: 'nightly', expiresInDays: 7, scope: null } });
	const byToken = async (): Promise<unknown> => {
		const response = await fetch(`${inject('base')}/graphql`, { method: 'POST', headers: { authorization: `Bearer ${createToken.secret}`, 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ viewer { username } resources(first: 1) { nodes { kind } } }' }) });
		const answer = (await response.json()) as { data?: { viewer: { username: string } }; errors?: { extensions: { code: string } }[] };
		return answer.errors?.[0]?.extensions.code ?? answer.data?.viewer.username;
	};
	expect(await byToken()).toBe('rosa');

	await admin.goto('/admin/users/rosa');
	await admin.locator('[data-token=nightly]').getByText('All its owner may do.').waitFor();
	await admin.getByRole('button', { name: 'Revoke nightly' }).click();
	await admin.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
	await admin.locator('[data-token=nightly]').waitFor({ state: 'detached' });
	expect(await byToken()).toBe('UNAUTHENTICATED');

	await admin.locator('[data-session=other]').getByRole('button', { name: /^End the session of/ }).click();
	await admin.getByText('they are not signed in anywhere').waitFor();
	await rosa.waitForURL('**/sign-in*', { timeout: 60_000 });
	expect(complaints).toEqual([]);
	await Promise.all([close(), leave()]);
});

test('another link is made for who was invited, which ends the first, and is withdrawn', async () => {
	const { page: admin, complaints, close } = await signedIn('/admin/users');
	const first = (await ask<{ inviteUser: { link: string } }>(admin, 'mutation($input: InviteUserInput!) { inviteUser(input: $input) { link } }', { input: { username: 'sven', role: 'VIEWER' } })).inviteUser.link;
	const { page: sven, close: leave } = await newPage();
	const opened = async (link: string): Promise<void> => void (await sven.goto('about:blank'), await sven.goto(link));
	await opened(first);
	await sven.getByText('Hello sven').waitFor();

	await admin.goto('/admin/users/sven');
	await admin.getByRole('button', { name: 'Make another link' }).click();
	const second = (await admin.getByTestId('link').textContent())!;
	expect(second.startsWith(inject('base'))).toBe(true);
	await admin.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
	await opened(first);
	await sven.getByRole('alert').filter({ hasText: /was used, has expired/ }).waitFor();
	await opened(second);
	await sven.getByText('Hello sven').waitFor();

	await admin.getByRole('button', { name: 'Withdraw the link' }).click();
	await admin.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
	await admin.getByText('It holds no more.').waitFor();
	await opened(second);
	await sven.getByRole('alert').filter({ hasText: /was used, has expired/ }).waitFor();
	expect(complaints).toEqual([]);
	await Promise.all([close(), leave()]);
});

test('a user is linked to who they are at a provider, and unlinked', async ({ onTestFinished }) => {
	const issuer = 'http://127.0.0.1:9/realms/staff'; // nobody listens there, and nobody has to
	const providers = JSON.stringify([{ id: 'staff', name: 'Staff', issuer, clientId: 'gyre' }]);
	const port = String(await freePort());
	const { base, end } = await startServer([], { GYRE_OIDC_PROVIDERS: providers, GYRE_PORT: port, GYRE_PUBLIC_URL: `http://127.0.0.1:${port}` });
	onTestFinished(end);
	const { page, complaints, close } = await signedIn('/admin/users/admin', { baseURL: base });
	await page.getByText('None: they come in with a password.').waitFor();
	await page.getByRole('button', { name: 'Link an identity' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Subject').fill('248289761001');
	await dialog.getByRole('button', { name: 'Link', exact: true }).click();
	const linked = page.locator('[data-subject="248289761001"]');
	await linked.getByText(`at ${issuer}`).waitFor();

	await page.getByRole('button', { name: 'Unlink 248289761001' }).click();
	await dialog.getByRole('button', { name: 'Unlink' }).click();
	await linked.waitFor({ state: 'detached' });
	const { users } = await ask<{ users: { nodes: { id: string }[] } }>(page, '{ users { nodes { id } } }');
	expect(await ask(page, 'query($id: ID!) { identities(userId: $id) { subject } }', { id: users.nodes[0]!.id })).toEqual({ identities: [] });
	expect(complaints).toEqual([]);
	await close();
});
