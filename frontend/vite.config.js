import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

const server = process.env.GYRE_URL ?? 'http://127.0.0.1:8000';

export default defineConfig({
	plugins: [
		tailwindcss(),
		sveltekit({
			adapter: adapter({ pages: '../gyre/web/static', assets: '../gyre/web/static', fallback: '200.html' }),
			csp: { mode: 'hash', directives: { 'script-src': ['self'] } }
		})
	],
	build: {
		assetsInlineLimit: 0, // the policy of the pages allows no data: addresses but for images
		cssTarget: ['chrome123', 'firefox120', 'safari17.5'] // the first with light-dark()
	},
	server: { proxy: { '/graphql': { target: server, ws: true }, '/api': server } },
	test: { include: ['src/**/*.test.ts'] }
});
