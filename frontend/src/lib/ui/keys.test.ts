import { expect, test } from 'vitest';
import { match, nameOf } from './keys.svelte.ts';

const press = (key: string, more: Partial<KeyboardEvent> = {}) => nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });
const BINDINGS = [{ keys: 'g o' }, { keys: 'g g' }, { keys: 'j' }, { keys: 'o' }];

test('the browser’s own shortcuts stay its own', () => {
	expect(press('r', { ctrlKey: true })).toBeNull();
	expect(press('j')).toBe('j');
});

test('a chord needs its first key', () => {
	expect(match(BINDINGS, null, 'g')).toEqual({ binding: undefined, begins: true });
	expect(match(BINDINGS, 'g', 'o')).toEqual({ binding: { keys: 'g o' }, begins: false });
	expect(match(BINDINGS, null, 'o')).toEqual({ binding: { keys: 'o' }, begins: false });
	expect(match(BINDINGS, 'g', 'g').binding).toEqual({ keys: 'g g' });
});

test('a key that ends no chord works as itself', () => {
	expect(match(BINDINGS, 'g', 'j').binding).toEqual({ keys: 'j' });
});
