import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { readElementBuild } from './element-build.ts';
import { ALSO_HEAD } from '../plumbing/headers.ts';

/** For the entries outside `/pinned/…`: they change under the same address. Only the names of chunks have a content hash. */
const ENTRY_CACHE = 'public, max-age=300';
const IMMUTABLE_CACHE = 'public, max-age=31536000, immutable';

/** Public files: every page may load them. The origin is checked by the checkout API. */
const TO_EVERY_PAGE = { 'access-control-allow-origin': '*' };
const JAVASCRIPT = { ...TO_EVERY_PAGE, 'content-type': 'text/javascript; charset=utf-8' };
const JSON_FILE = { ...TO_EVERY_PAGE, 'content-type': 'application/json; charset=utf-8' };
/** Headers of an icon. It needs no CORS: pages show it, and no script reads it. */
const ICON = { 'content-type': 'image/svg+xml' };

/** The icon of a background tab whose payment is paid. A shop's Content-Security-Policy may allow images from here only. */
const PAID_ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="12" fill="#15803d"/>' +
  '<path d="M7 12.5l3.5 3.5 7-8" fill="none" stroke="#fff" stroke-width="2.4"/></svg>';

interface Script {
  readonly identity: Buffer;
  readonly br: Buffer;
  readonly gzip: Buffer;
  readonly etag: string;
}

/**
 * Serves `/sbp-checkout.js`, the hosted page's `/pay.js` and their chunks, and all of them again below `/pinned/…`, where
 * they never change. The files are few and small: they are compressed once and kept in memory, so that compression needs
 * no proxy.
 */
export async function scripts(app: FastifyInstance): Promise<void> {
  app.get('/paid.svg', ALSO_HEAD, serve(await prepare(Buffer.from(PAID_ICON)), ICON, ENTRY_CACHE));
  const build = await readElementBuild();
  if (build === null) {
    app.log.warn('element not built: /sbp-checkout.js is 404 until "npm run build" has run');
    return;
  }
  for (const name of Object.keys(build.integrity)) {
    const script = await prepare(await build.read(name));
    app.get(
      `/${name}`,
      ALSO_HEAD,
      serve(script, JAVASCRIPT, name.startsWith('chunks/') ? IMMUTABLE_CACHE : ENTRY_CACHE),
    );
    app.get(`${build.pinnedPath}/${name}`, ALSO_HEAD, serve(script, JAVASCRIPT, IMMUTABLE_CACHE));
  }
  app.get('/integrity.json', ALSO_HEAD, serve(await prepare(build.published), JSON_FILE, ENTRY_CACHE));
}

function serve(script: Script, headers: Readonly<Record<string, string>>, cache: string) {
  return (request: FastifyRequest, reply: FastifyReply) => {
    reply.headers({
      ...headers,
      'cache-control': cache,
      etag: script.etag,
      vary: 'accept-encoding',
    });
    if (request.headers['if-none-match'] === script.etag) return reply.code(304).send();
    const encoding = chooseEncoding(request.headers['accept-encoding']);
    if (encoding !== 'identity') reply.header('content-encoding', encoding);
    return reply.send(script[encoding]);
  };
}

async function prepare(identity: Buffer): Promise<Script> {
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
