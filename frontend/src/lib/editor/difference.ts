// Two texts and what differs: side by side, or one under the other where there is no room.
import { yaml } from '@codemirror/lang-yaml';
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { roomIn } from './shadow.ts';
import { appearance } from './theme.ts';

const AROUND = { margin: 3, minSize: 6 };

const reading = (label: string): Extension => [
	lineNumbers(),
	yaml(),
	appearance,
	EditorView.lineWrapping,
	EditorState.readOnly.of(true),
	EditorView.editable.of(false),
	// what can't be edited can still be scrolled and read by keyboard
	EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' })
];

export interface Texts {
	a: string;
	b: string;
	/** What each is, for who can't see on which side it stands. */
	aLabel: string;
	bLabel: string;
	sideBySide: boolean;
}

/** Gives what takes it away again. */
export function showDifference(host: HTMLElement, { a, b, aLabel, bLabel, sideBySide }: Texts): () => void {
	const { root, room } = roomIn(host);
	if (sideBySide) {
		const view = new MergeView({
			parent: room,
			root,
			a: { doc: a, extensions: reading(aLabel) },
			b: { doc: b, extensions: reading(bLabel) },
			collapseUnchanged: AROUND
		});
		return () => view.destroy();
	}
	const view = new EditorView({
		parent: room,
		root,
		state: EditorState.create({ doc: b, extensions: [reading(`${aLabel}, changed to ${bLabel}`), unifiedMergeView({ original: a, mergeControls: false, collapseUnchanged: AROUND })] })
	});
	return () => view.destroy();
}
