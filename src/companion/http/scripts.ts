import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

/** The built element: `dist/cdn`, found from the sources (`src/…`) and from the package (`dist/…`) alike. */
const SCRIPTS = join(dirname(fileURLToPath(import.meta.url)), '../../../dist/cdn');

/** A script's name holds its content's hash in `chunks/` only; the entries' addresses stay while they change. */
const ENTRY_CACHE = 'public, max-age=300';
const CHUNK_CACHE = 'public, max-age=31536000, immutable';

interface Script {
  readonly identity: Buffer;
  readonly br: Buffer;
  readonly gzip: Buffer;
  readonly etag: string;
}

/**
 * `/sbp-checkout.js`, the hosted page's `/pay.js`, and the chunks they load: a handful of small files, kept in memory
 * and compressed once, so that a payer never downloads three times the bytes for want of a proxy.
 */
export async function scripts(app: FastifyInstance): Promise<void> {
  const names = await listScripts();
  if (names.length === 0) {
    app.log.warn('the element is not built: /sbp-checkout.js will answer 404 until "npm run build" has run');
  }
  for (const name of names) {
    const script = await load(name);
    app.get(`/${name}`, (request, reply) => {
      reply.headers({
        'cache-control': name.startsWith('chunks/') ? CHUNK_CACHE : ENTRY_CACHE,
        'cross-origin-resource-policy': 'cross-origin',
        etag: script.etag,
        vary: 'origin, accept-encoding',
      });
      if (request.headers['if-none-match'] === script.etag) return reply.code(304).send();
      const encoding = chooseEncoding(request.headers['accept-encoding']);
      if (encoding !== 'identity') reply.header('content-encoding', encoding);
      return reply.type('text/javascript; charset=utf-8').send(script[encoding]);
    });
  }
}

async function listScripts(): Promise<string[]> {
  try {
    const files = await readdir(SCRIPTS, { recursive: true });
    return files.map((name) => name.replaceAll('\\', '/')).filter((name) => name.endsWith('.js'));
  } catch {
    return []; // not built yet
  }
}

async function load(name: string): Promise<Script> {
  const identity = await readFile(join(SCRIPTS, name));
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  return {
    identity,
    br: await promisify(brotliCompress)(identity, quality),
    gzip: await promisify(gzip)(identity),
    etag: `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`,
  };
}

function chooseEncoding(accepted: string | undefined): 'br' | 'gzip' | 'identity' {
  const names = (accepted ?? '').split(',').map((part) => part.trim().split(';', 1)[0]);
  return names.includes('br') ? 'br' : names.includes('gzip') ? 'gzip' : 'identity';
}
