// Writing in the editor as one who pastes does.
import type { Page } from 'playwright-core';

/** Puts a text in place of all that is in the editor. */
export async function write(page: Page, text: string): Promise<void> {
	await page.locator('[data-editor=ready]').waitFor();
	const content = page.locator('.cm-content[contenteditable=true]');
	await content.focus();
	await page.keyboard.press('Control+A');
	await content.evaluate((element, pasted) => {
		const clipboardData = new DataTransfer();
		clipboardData.setData('text/plain', pasted);
		element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
	}, text);
}

/** The lines of the editor, as far as they are drawn. */
export const written = (page: Page): Promise<string[]> => page.locator('.cm-content[contenteditable=true] .cm-line').allTextContents();
