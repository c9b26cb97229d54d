// How the editor looks: with the page's own tokens, so that it follows the theme by itself.
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const look = EditorView.theme({
	'&': { color: 'var(--color-ink)', backgroundColor: 'var(--color-surface)', fontSize: '0.8125rem' },
	'&.cm-focused': { outline: 'none' }, // the caret and its line tell where one is
	'.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.25rem', fontVariantLigatures: 'none' },
	'.cm-content': { padding: '0.5rem 0', caretColor: 'var(--color-accent)' },
	'.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--color-accent)', borderLeftWidth: '2px' },
	'&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'color-mix(in oklab, var(--color-accent) 24%, transparent)' },
	'.cm-gutters': { color: 'var(--color-faint)', backgroundColor: 'var(--color-surface)', borderRight: '1px solid var(--color-line)' },
	'.cm-lineNumbers .cm-gutterElement': { padding: '0 0.5rem 0 0.75rem', minWidth: '2.25rem' },
	'.cm-activeLine': { backgroundColor: 'color-mix(in oklab, var(--color-accent) 5%, transparent)' },
	'.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--color-ink)' },
	'.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--color-accent-wash)', outline: '1px solid var(--color-accent)' },
	'.cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'transparent' },
	'.cm-selectionMatch': { backgroundColor: 'var(--color-accent-wash)' },
	'.cm-searchMatch': { backgroundColor: 'var(--color-progressing-wash)', outline: '1px solid var(--color-progressing)' },
	'.cm-searchMatch-selected': { backgroundColor: 'color-mix(in oklab, var(--color-progressing) 40%, transparent)' },
	'.cm-foldPlaceholder': { color: 'var(--color-soft)', backgroundColor: 'var(--color-raised)', border: '1px solid var(--color-line)', borderRadius: '4px', padding: '0 0.25rem' },
	'.cm-foldGutter .cm-gutterElement': { cursor: 'pointer' },
	'.cm-tooltip': { color: 'var(--color-ink)', backgroundColor: 'var(--color-surface)', border: '1px solid var(--color-edge)', borderRadius: '7px', maxWidth: 'min(36rem, 90vw)' },
	'.cm-panels': { color: 'var(--color-ink)', backgroundColor: 'var(--color-raised)', borderColor: 'var(--color-line)', fontFamily: 'var(--font-sans)' },
	'.cm-textfield': { backgroundColor: 'var(--color-surface)', border: '1px solid var(--color-edge)', borderRadius: '4px', color: 'inherit' },
	'.cm-button': { background: 'var(--color-surface)', border: '1px solid var(--color-edge)', borderRadius: '4px', color: 'inherit' },
	'.cm-panel.cm-search [name=close]': { color: 'inherit' },
	'.cm-diagnostic': { fontFamily: 'var(--font-sans)', padding: '0.375rem 0.625rem', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
	'.cm-diagnostic-error': { borderLeft: '3px solid var(--color-failed)' },
	'.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--color-failed) 1px', textUnderlineOffset: '3px' },
	'.cm-lint-marker-error': { content: 'none', width: '0.625rem', height: '0.625rem', margin: '0.3125rem 0.125rem', borderRadius: '50%', backgroundColor: 'var(--color-failed)' },
	// what differs
	'.cm-changedLine, &.cm-merge-b .cm-changedLine': { backgroundColor: 'color-mix(in oklab, var(--color-ready) 10%, transparent)' },
	'&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'color-mix(in oklab, var(--color-failed) 10%, transparent)' },
	'&.cm-merge-b .cm-changedText, .cm-insertedLine .cm-changedText, .cm-changedLine .cm-changedText': { background: 'color-mix(in oklab, var(--color-ready) 28%, transparent)' },
	'&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: 'color-mix(in oklab, var(--color-failed) 26%, transparent)' },
	'.cm-insertedLine, .cm-deletedLine, .cm-deletedLine del': { textDecoration: 'none' },
	'&.cm-merge-b .cm-changedLineGutter': { background: 'var(--color-ready)' },
	'&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter': { background: 'var(--color-failed)' },
	'.cm-changeGutter': { width: '3px', paddingLeft: '1px' },
	'.cm-collapsedLines': { color: 'var(--color-soft)', background: 'var(--color-raised)', padding: '0.125rem 0.75rem', fontFamily: 'var(--font-sans)', cursor: 'pointer' },
	'.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"⋯"', margin: '0 0.5rem' },
	'.cm-mergeSpacer': { background: 'repeating-linear-gradient(135deg, var(--color-line) 0 1px, transparent 1px 6px)' }
});

const colours = HighlightStyle.define([
	{ tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--color-accent)' },
	{ tag: [tags.string, tags.content, tags.special(tags.string)], color: 'var(--color-ink)' },
	{ tag: [tags.comment, tags.lineComment], color: 'var(--color-faint)', fontStyle: 'italic' },
	{ tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace, tags.attributeValue], color: 'var(--color-faint)' },
	{ tag: [tags.labelName, tags.typeName, tags.keyword, tags.meta], color: 'var(--color-terminating)' }
]);

export const appearance: Extension = [look, syntaxHighlighting(colours)];
