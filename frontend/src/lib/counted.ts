/** A number with what it counts: `1 object`, `1,234 objects`. */
export const counted = (count: number, one: string, many: string): string => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
