import { expect, test } from 'vitest';
import { madePassword, SHORTEST } from './password.ts';

test('a made password is long enough, without signs that are mistaken for each other, and another each time', () => {
	const made = Array.from({ length: 50 }, madePassword);
	for (const password of made) expect(password).toMatch(/^[a-km-np-zA-HJ-NP-Z2-9]{5}(-[a-km-np-zA-HJ-NP-Z2-9]{5}){3}$/);
	expect(new Set(made).size).toBe(50);
	expect(made[0]!.length).toBeGreaterThanOrEqual(SHORTEST);
});
