import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { defineConfig } from 'vite';

/** GraphiQL's own style sheet holds its fonts as data: addresses, which the page's policy refuses: they become files. */
const fontsAsFiles = {
	name: 'gyre:fonts-as-files',
	generateBundle(_options, bundle) {
		for (const asset of Object.values(bundle)) {
			if (asset.type !== 'asset' || !asset.fileName.endsWith('.css')) continue;
			asset.source = String(asset.source).replace(
				/url\(["']?data:(?:font|application)\/[a-z0-9-]*?(woff2?|ttf)[^,]*;base64,([A-Za-z0-9+/=]+)["']?\)/g,
				(_, extension, base64) => {
					const source = Buffer.from(base64, 'base64');
					const name = `font-${createHash('sha256').update(source).digest('hex').slice(0, 10)}.${extension}`;
					this.emitFile({ type: 'asset', fileName: `assets/${name}`, source });
					return `url(./${name})`;
				}
			);
		}
	}
};

export default defineConfig({
	root: import.meta.dirname,
	base: '/graphiql/',
	worker: { format: 'es' },
	plugins: [fontsAsFiles],
	build: {
		outDir: '../../gyre/web/static/graphiql',
		emptyOutDir: true,
		assetsInlineLimit: 0,
		rolldownOptions: {
			onLog: (level, log, say) => {
				if (log.code !== 'MODULE_LEVEL_DIRECTIVE') say(level, log); // 'use client' means nothing here
			}
		},
		chunkSizeWarningLimit: 8_000 // Monaco is what it is; nobody loads it who does not open this page
	}
});
