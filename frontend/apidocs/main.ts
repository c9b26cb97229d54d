// The REST API at /api/docs, to read and to try: Swagger UI from its npm package, so that it works on a closed network.
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import 'swagger-ui-dist/swagger-ui.css';
import './main.css';

interface Described {
	security?: object[];
	components: { securitySchemes: Record<string, object> };
	paths: Record<string, Record<string, { security?: object[] }>>;
}

/** What answers for ever, or not over plain HTTP, is described here but tried elsewhere. */
const NOT_TRIED_HERE = ['/api/events/stream', '/api/ws'];

const notTriedHere = {
	statePlugins: {
		spec: {
			wrapSelectors: {
				allowTryItOutFor:
					(allowed: (state: unknown, path: string, method: string) => boolean) => (state: unknown, path: string, method: string) =>
						!NOT_TRIED_HERE.includes(path) && allowed(state, path, method)
			}
		}
	}
};

/** The theme of the other pages: the one that was chosen, else the system's. */
function followTheme(): void {
	const system = matchMedia('(prefers-color-scheme: dark)');
	const apply = () => {
		const theme = document.documentElement.dataset['theme'] ?? (system.matches ? 'dark' : 'light');
		document.documentElement.classList.toggle('dark-mode', theme === 'dark');
	};
	system.addEventListener('change', apply);
	apply();
}

/** A browser sends the session by itself and lets no page write a Cookie header: only a token can be entered. */
function withoutCookie(described: Described): Described {
	delete described.components.securitySchemes['cookie'];
	described.security = [{ bearer: [] }];
	return described;
}

async function tellWho(): Promise<void> {
	const who = document.querySelector('#who');
	const answer = await fetch('/api/me');
	if (!who) return;
	if (answer.ok) {
		const { user } = (await answer.json()) as { user: { username: string } };
		who.textContent = `Requests are sent as ${user.username}, who is signed in here.`;
	} else {
		const link = document.createElement('a');
		link.href = '/sign-in?returnTo=%2Fapi%2Fdocs';
		link.textContent = 'Sign in';
		who.replaceChildren('Nobody is signed in here. ', link, ' to try requests, or enter a token.');
	}
}

async function show(): Promise<void> {
	const answer = await fetch('/api/openapi.json');
	SwaggerUI({
		dom_id: '#apidocs',
		spec: withoutCookie((await answer.json()) as Described),
		plugins: [notTriedHere],
		deepLinking: true,
		defaultModelsExpandDepth: 0,
		displayRequestDuration: true,
		docExpansion: 'list',
		filter: true,
		tryItOutEnabled: true,
		validatorUrl: null
	});
}

followTheme();
await Promise.all([show(), tellWho()]);
