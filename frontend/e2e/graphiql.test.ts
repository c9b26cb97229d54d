import { afterAll, expect, test } from 'vitest';
import { closed, find, signedIn } from './browser.ts';
import { patch } from './kubernetes.ts';

afterAll(closed);

test('a subscription runs in GraphiQL over the WebSocket, and shows what happens', async () => {
	const { page, complaints, close } = await signedIn('/');
	const [object] = await find(page, { kinds: ['Receiver'] });
	const query = `subscription { resourceChanges(filter: { kinds: ["Receiver"], namespaces: ["${object!.namespace}"] }) { type row { name status } } }`;
	const sent: string[] = [];
	page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));

	await page.goto(`/graphql?query=${encodeURIComponent(query)}`);
	await page.locator('.view-line', { hasText: 'resourceChanges' }).waitFor(); // before the editor holds it, nothing is executed
	await page.getByRole('button', { name: /Execute query/ }).click();
	await expect.poll(() => sent.filter((frame) => frame.includes('"subscribe"') && frame.includes('resourceChanges')).length).toBe(1);
	await patch(object!, { spec: { suspend: true } });

	const result = page.getByRole('region', { name: /result/i });
	await result.filter({ hasText: object!.name }).filter({ hasText: 'SUSPENDED' }).waitFor();
	await patch(object!, { spec: { suspend: null } });
	expect(complaints).toEqual([]);
	await close();
});
