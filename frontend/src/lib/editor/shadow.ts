// Where editors live: in a shadow root, since only there CodeMirror puts its styles into constructed sheets,
// which the policy of the pages allows. In the document itself it writes a style element, which is refused.

/** The shadow root of an element, with room for an editor that fills it. */
export function roomIn(host: HTMLElement): { root: ShadowRoot; room: HTMLElement } {
	const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
	if (!root.adoptedStyleSheets.includes(sheet())) root.adoptedStyleSheets.push(sheet());
	const room = document.createElement('div');
	room.className = 'room';
	root.replaceChildren(room);
	return { root, room };
}

let made: CSSStyleSheet | undefined;

function sheet(): CSSStyleSheet {
	if (!made) {
		made = new CSSStyleSheet();
		made.replaceSync(`
			:host { display: block; min-height: 0; }
			*, *::before, *::after { box-sizing: border-box; }
			.room { height: 100%; min-height: 0; overflow: auto; }
			.cm-editor { height: 100%; }
			.cm-mergeView { min-height: 100%; }
			.cm-mergeViewEditors { min-height: 100%; }
			.cm-mergeView .cm-editor { height: auto; }
			.cm-mergeViewEditor:first-child { border-right: 1px solid var(--color-line); }
			@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
			@media (max-width: 640px) { .cm-editor .cm-gutters .cm-foldGutter.cm-gutter { display: none !important; } }
			@media (pointer: coarse) and (max-width: 640px) { .cm-editor.writes { font-size: 1rem !important; } }
		`);
	}
	return made;
}
