import { defineConfig } from 'vitest/config';

// One server and one browser for all files: they are what takes time.
export default defineConfig({
	root: import.meta.dirname,
	test: {
		include: ['*.test.ts'],
		globalSetup: './server.ts',
		fileParallelism: false,
		testTimeout: 180_000, // a hung cluster is noticed after a minute, and a busy machine is slower than that
		expect: { poll: { timeout: 20_000 } },
		hookTimeout: 60_000
	}
});
