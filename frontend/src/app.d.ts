import '@sveltejs/kit';

declare global {
	namespace App {
		interface PageState {
			/** What was just done, told once on the page one comes to. */
			said?: string;
			/** From which position on it can be seen. */
			position?: string;
			/** A manifest to start from. */
			manifest?: string;
		}
	}
}
