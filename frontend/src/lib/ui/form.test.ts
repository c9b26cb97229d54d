import { expect, test } from 'vitest';
import { Refusal } from '#lib/api/client.ts';
import { Form, sentence } from './form.svelte.ts';

const answer = (...errors: { code: string; message: string; path: string[] }[]) => Promise.resolve({ done: { errors, user: 'ada' } });

test('what is refused is told at its field, and the rest apart', async () => {
	const form = new Form(['name', 'rules']);
	const done = await form.send(() =>
		answer(
			{ code: 'VALIDATION_FAILED', message: 'the name is taken', path: ['name'] },
			{ code: 'VALIDATION_FAILED', message: "'podz' is no resource; did you mean pods?", path: ['rules', '1', 'resources'] },
			{ code: 'CONFLICT', message: 'Somebody was quicker.', path: [] }
		)
	);
	expect(done).toBeNull();
	expect(form.at('name')).toBe('The name is taken.');
	expect(form.at('rules', '1', 'resources')).toBe("'podz' is no resource; did you mean pods?");
	expect(form.at('rules', '0', 'resources')).toBe('');
	expect(form.rest).toBe('Somebody was quicker.');
});

test('what was sent again and done leaves no problem behind', async () => {
	const form = new Form(['name']);
	await form.send(() => answer({ code: 'CONFLICT', message: 'no', path: [] }));
	expect(await form.send(() => answer())).toEqual({ errors: [], user: 'ada' });
	expect([form.rest, form.busy]).toEqual(['', false]);
});

test('a form under way is not sent twice, and a lost network is told', async () => {
	const form = new Form();
	let calls = 0;
	const slow = form.send(async () => {
		calls += 1;
		await Promise.resolve();
		throw new Refusal('UNREACHABLE', 'Gyre does not answer.');
	});
	expect(await form.send(() => (calls++, answer()))).toBeNull();
	expect(await slow).toBeNull();
	expect([calls, form.rest]).toEqual([1, 'Gyre does not answer.']);
});

test('a message reads as a sentence', () => {
	expect(sentence('there is a user ada already')).toBe('There is a user ada already.');
	expect(sentence('did you mean pods?')).toBe('Did you mean pods?');
	expect(sentence('')).toBe('');
});
