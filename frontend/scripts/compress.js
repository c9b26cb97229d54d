// Lays a .br and a .gz beside every text of the build that is worth it: the server sends what the browser takes.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const STATIC = new URL('../../gyre/web/static/', import.meta.url).pathname;
const TEXT = /\.(?:js|css|html|svg|json)$/;
const WORTH_IT = 1_024;
const QUALITY = 9; // 11 takes a minute for Monaco and saves three percent more

for (const name of readdirSync(STATIC, { recursive: true })) {
	const file = join(STATIC, String(name));
	if (!TEXT.test(file) || !statSync(file).isFile()) continue;
	const plain = readFileSync(file);
	if (plain.length < WORTH_IT) continue;
	const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
	writeFileSync(`${file}.br`, brotliCompressSync(plain, { params }));
	writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }));
}
