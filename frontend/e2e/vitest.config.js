import { defineConfig } from 'vitest/config';

// One server and one browser for all files: they are what takes time.
export default defineConfig({
	root: import.meta.dirname,
	test: {
		include: ['*.test.ts'],
		globalSetup: './server.ts',
		fileParallelism: false,
		testTimeout: 60_000,
		hookTimeout: 60_000
	}
});
