// The editor of a manifest. It is loaded only where one writes: see ui/ManifestEditor.svelte.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import type { Problem } from '#lib/writing/problems.ts';
import { roomIn } from './shadow.ts';
import { appearance } from './theme.ts';

export interface Settings {
	text: string;
	label: string;
	changed: (text: string) => void;
	/** Ctrl-S or Cmd-S. */
	save: () => void;
}

export interface Editor {
	/** Puts a text in place of the whole, as something that can be undone. */
	replace: (text: string) => void;
	show: (problems: readonly Problem[]) => void;
	goTo: (from: number, to: number) => void;
	focus: () => void;
	destroy: () => void;
}

/** What has to be put where: no more than differs, so that the caret stays where one writes. */
function changeOf(before: string, after: string): { from: number; to: number; insert: string } | null {
	if (before === after) return null;
	const most = Math.min(before.length, after.length);
	let from = 0;
	while (from < most && before[from] === after[from]) from++;
	let same = 0;
	while (same < most - from && before.at(-1 - same) === after.at(-1 - same)) same++;
	return { from, to: before.length - same, insert: after.slice(from, after.length - same) };
}

export function openEditor(host: HTMLElement, { text, label, changed, save }: Settings): Editor {
	const { root, room } = roomIn(host);
	const view = new EditorView({
		parent: room,
		root,
		state: EditorState.create({
			doc: text,
			extensions: [
				lineNumbers(),
				lintGutter(),
				foldGutter({ openText: '⌄', closedText: '›' }),
				highlightSpecialChars(),
				history(),
				drawSelection(),
				indentOnInput(),
				indentUnit.of('  '),
				bracketMatching(),
				highlightActiveLine(),
				highlightActiveLineGutter(),
				highlightSelectionMatches(),
				yaml(),
				appearance,
				EditorView.lineWrapping,
				EditorView.editorAttributes.of({ class: 'writes' }),
				EditorView.contentAttributes.of({ 'aria-label': label, autocapitalize: 'off', autocorrect: 'off', spellcheck: 'false' }),
				EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
				keymap.of([
					{ key: 'Mod-s', preventDefault: true, run: () => (save(), true) },
					...defaultKeymap,
					...searchKeymap,
					...historyKeymap,
					...foldKeymap,
					...lintKeymap,
					indentWithTab // Escape, then Tab leaves the editor
				])
			]
		})
	});
	return {
		replace: (next) => {
			const change = changeOf(view.state.doc.toString(), next);
			if (change) view.dispatch({ changes: change });
		},
		show: (problems) => {
			const length = view.state.doc.length;
			const within = problems.filter(({ line, to }) => line !== null && to <= length);
			view.dispatch(setDiagnostics(view.state, within.map(({ from, to, message }) => ({ from, to, message, severity: 'error' as const }))));
		},
		goTo: (from, to) => {
			const length = view.state.doc.length;
			view.focus();
			view.dispatch({ selection: { anchor: Math.min(from, length), head: Math.min(to, length) }, effects: EditorView.scrollIntoView(Math.min(from, length), { y: 'center' }) });
		},
		focus: () => view.focus(),
		destroy: () => view.destroy()
	};
}
