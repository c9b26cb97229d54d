// A password for somebody else, to be changed by them: long, and without signs that are mistaken for each other.

const SIGNS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const GROUPS = 4;
const LONG = 5;
export const SHORTEST = 12;

/** Twenty signs by chance, in four groups. */
export function madePassword(): string {
	const groups = Array.from({ length: GROUPS }, () => Array.from({ length: LONG }, sign).join(''));
	return groups.join('-');
}

/** Each sign as likely as the next: bytes past the last whole multiple are thrown again. */
function sign(): string {
	const byte = new Uint8Array(1);
	do crypto.getRandomValues(byte);
	while (byte[0]! >= 256 - (256 % SIGNS.length));
	return SIGNS[byte[0]! % SIGNS.length]!;
}
