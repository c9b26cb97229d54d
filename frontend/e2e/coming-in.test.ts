import { afterAll, expect, test } from 'vitest';
import { ask, closed, newPage, signedIn } from './browser.ts';

// Other files count users.
afterAll(async () => {
	const { page, close } = await signedIn('/');
	const { users } = await ask<{ users: { nodes: { id: string; username: string }[] } }>(page, '{ users { nodes { id username } } }');
	for (const { id } of users.nodes.filter(({ username }) => ['newcomer', 'guest'].includes(username)))
		await ask(page, 'mutation($id: ID!) { deleteUser(id: $id) { errors { message } } }', { id });
	await close();
	await closed();
});

const FIRST = 'a first password of theirs';
const OWN = 'quiet rivers run deep';

test('who must change their password is asked to at the door, and then let in where they wanted to go', async () => {
	const admin = await signedIn('/');
	const create = 'mutation($input: CreateUserInput!) { createUser(input: $input) { errors { message } } }';
	await ask(admin.page, create, { input: { username: 'newcomer', password: FIRST, role: 'VIEWER', mustChangePassword: true } });
	await admin.close();

	const { page, complaints, close } = await newPage();
	await page.goto('/resources?kind=Kustomization');
	await page.getByLabel('User name').fill('newcomer');
	await page.getByLabel('Password', { exact: true }).fill(FIRST);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByText('Choose a password of your own').waitFor();

	await page.goto('/'); // no way around it, and nothing is forgotten but the password that was typed
	await page.getByLabel('Present password').fill(FIRST);
	await page.getByLabel('New password').fill(FIRST);
	await page.getByLabel('The same again').fill(FIRST);
	await page.getByRole('button', { name: 'Change it and go on' }).click();
	await page.getByRole('alert').filter({ hasText: /present one/ }).waitFor();
	await page.getByLabel('New password').fill(OWN);
	await page.getByRole('button', { name: 'Change it and go on' }).click();
	await page.getByRole('alert').filter({ hasText: /not the same/ }).waitFor();
	await page.getByLabel('The same again').fill(OWN);
	await page.getByRole('button', { name: 'Change it and go on' }).click();
	await page.waitForSelector('[data-health=live]', { state: 'attached' });
	expect(complaints).toEqual([]);
	await close();
});

test('a stranger is asked for once on the way to the sign-in page, as each request counts against their address', async () => {
	const { page, complaints, close } = await newPage();
	const asked: string[] = [];
	page.on('request', (request) => {
		const { pathname } = new URL(request.url());
		if (pathname === '/graphql' || pathname.startsWith('/api/')) asked.push(pathname);
	});
	await page.goto('/resources?kind=Kustomization');
	await page.getByLabel('User name').waitFor();
	expect(asked).toEqual(['/graphql', '/api/auth/providers']);
	expect(complaints).toEqual([]);
	await close();
});

test('who was invited sets a password and is in, once', async () => {
	const admin = await signedIn('/');
	const invite = 'mutation($input: InviteUserInput!) { inviteUser(input: $input) { link errors { message } } }';
	const made = await ask<{ inviteUser: { link: string } }>(admin.page, invite, { input: { username: 'guest', role: 'VIEWER' } });
	await admin.close();

	const { page, complaints, close } = await newPage();
	await page.goto(made.inviteUser.link);
	await page.getByText('guest').waitFor();
	await page.getByLabel('New password').fill(OWN);
	await page.getByLabel('The same again').fill(OWN);
	await page.getByRole('button', { name: 'Set it and sign in' }).click();
	await page.waitForSelector('[data-health=live]', { state: 'attached' });
	expect(new URL(page.url()).pathname).toBe('/');
	expect(complaints).toEqual([]);
	await close();

	const late = await newPage();
	await late.page.goto(made.inviteUser.link);
	await late.page.getByRole('alert').filter({ hasText: /was used, has expired/ }).waitFor();
	await late.close();
});

test('who comes back from a provider without a session is told why, in words of ours', async () => {
	const { page, close } = await newPage();
	await page.goto('/sign-in?problem=NO_ACCOUNT');
	await page.getByRole('alert').filter({ hasText: 'there is no user here for you yet' }).waitFor();
	await page.goto('/sign-in?problem=Call%20555-1234');
	await page.getByRole('alert').filter({ hasText: 'Signing in did not work' }).waitFor();
	expect(await page.content()).not.toContain('555-1234</');
	await close();
});
