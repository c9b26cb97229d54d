import { defineConfig } from 'vite';

export default defineConfig({
	root: import.meta.dirname,
	base: '/apidocs/',
	build: {
		target: 'es2022', // for the await of a module
		outDir: '../../gyre/web/static/apidocs',
		emptyOutDir: true,
		chunkSizeWarningLimit: 4_000 // Swagger UI is what it is; nobody loads it who does not open this page
	}
});
