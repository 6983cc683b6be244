/** Reads headers and body in the forms in which web frameworks pass them. */

/** Fetch's `Headers`, a `Map` with lower-case names, or an object with the same `get`. */
interface HeaderGetter {
  get(name: string): unknown;
}

/** Node's `request.headers`, `Headers` of the Fetch API, or any record of names to a value or a list of values. */
export type WebhookHeaderSource =
  HeaderGetter | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The received bytes. */
export type RawBody = string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/**
 * Returns a header's value; `null` if it is missing, empty, not a text, or present more than once. `name` is in lower case.
 * Throws a `TypeError` if `headers` are not headers.
 */
export function headerValue(headers: unknown, name: string): string | null {
  if (!isObject(headers)) throw notHeaders(typeof headers === 'function' ? PROMISED : '');
  const advice = adviceFor(headers);
  if (advice !== null) throw notHeaders(advice);
  const values = isGetter(headers)
    ? [headers.get(name)]
    : Object.entries(headers)
        .filter(([key]) => key.toLowerCase() === name)
        .map(([, value]: [string, unknown]) => value);
  const [value, ...others] = values.flat().filter((one) => one !== undefined && one !== null);
  return typeof value === 'string' && value !== '' && others.length === 0 ? value : null;
}

/** Returns the bytes of a body. Throws a `TypeError` for a parsed body, because the signature covers the raw bytes. */
export function rawBytes(body: unknown): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isArrayBuffer(body)) return Buffer.from(body);
  throw new TypeError(NEEDS_RAW_BODY);
}

const NEEDS_RAW_BODY =
  'verifyWebhook needs the raw body, a string or bytes as received: a parsed body is different text, and an unread one is missing. ' +
  "Express: express.raw({ type: 'application/json' }) on this route. " +
  "Fastify: addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => done(null, body)). " +
  'Next.js: await request.text(). Hono: await c.req.text(). More in docs/webhooks.md';

function notHeaders(advice: string): TypeError {
  return new TypeError(
    `verifyWebhook needs the headers of the request: \`request.headers\` of Node or of the Fetch API${advice}`,
  );
}

const PROMISED = '. Next.js returns a promise of them: await headers()';

const HONO = '. This is Hono’s whole request: pass c.req.raw.headers';

/**
 * Returns advice for an object that was passed instead of headers; `null` for headers. A header may have any name, so only values
 * that are not texts give an object away.
 */
function adviceFor(given: object): string | null {
  const { get, then, headers, header, req } = given as Readonly<Record<string, unknown>>;
  // Hono's context. Its `get` does not return headers.
  if (isObject(req) && 'header' in req) return HONO;
  // This includes the requests of Express and Koa: their `get` returns headers.
  if (typeof get === 'function') return null;
  if (typeof then === 'function') return PROMISED;
  if (typeof header === 'function') return HONO;
  return isObject(headers) ? '. This is a whole request: pass request.headers' : null;
}

/** False for arrays. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isGetter(headers: object): headers is HeaderGetter {
  return 'get' in headers && typeof headers.get === 'function';
}

/** True also for a buffer of another realm, as test runners create them. */
function isArrayBuffer(value: unknown): value is ArrayBuffer | SharedArrayBuffer {
  return /^\[object (?:Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value));
}
