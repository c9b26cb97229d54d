// The columns of the list: written out whole, since Tailwind finds its classes by reading. Narrower on a small screen.

type Clusters = 'one' | 'many';

/** Status, name, kind, namespace, cluster where there are several, why, since; a mark before them where one may act. */
export const COLUMNS: Record<'marks' | 'plain', Record<Clusters, string>> = {
	marks: {
		one: 'grid-cols-[1rem_7rem_minmax(9rem,1.3fr)_8.5rem_8rem_minmax(8rem,3fr)_5rem] max-xl:grid-cols-[1rem_6.5rem_minmax(8rem,1.5fr)_7rem_6.5rem_minmax(6rem,2fr)_4rem]',
		many: 'grid-cols-[1rem_7rem_minmax(9rem,1.3fr)_8.5rem_8rem_5.5rem_minmax(8rem,3fr)_5rem] max-xl:grid-cols-[1rem_6.5rem_minmax(7rem,1.5fr)_6rem_6rem_4.5rem_minmax(5rem,2fr)_4rem]'
	},
	plain: {
		one: 'grid-cols-[7rem_minmax(9rem,1.3fr)_8.5rem_8rem_minmax(8rem,3fr)_5rem] max-xl:grid-cols-[6.5rem_minmax(8rem,1.5fr)_7rem_6.5rem_minmax(6rem,2fr)_4rem]',
		many: 'grid-cols-[7rem_minmax(9rem,1.3fr)_8.5rem_8rem_5.5rem_minmax(8rem,3fr)_5rem] max-xl:grid-cols-[6.5rem_minmax(7rem,1.5fr)_6rem_6rem_4.5rem_minmax(5rem,2fr)_4rem]'
	}
};
