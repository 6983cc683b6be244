/** A webhook as a web framework hands it over: headers and body in the forms that they come in. */

/** Fetch's `Headers`, a `Map` by lower-case names, or anything like them. */
interface HeaderGetter {
  get(name: string): unknown;
}

/** Node's `request.headers`, `Headers` of the Fetch API, or any record of names to a value or a list of values. */
export type WebhookHeaderSource =
  HeaderGetter | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The bytes as they came. */
export type RawBody = string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/**
 * The header's value; `null` if it is missing, empty, no text, or there more than once. `name` is in lower case. Throws a
 * `TypeError` for what are no headers.
 */
export function headerValue(headers: unknown, name: string): string | null {
  if (!isObject(headers)) throw noHeaders(typeof headers === 'function' ? PROMISED : '');
  const advice = mistakenFor(headers);
  if (advice !== null) throw noHeaders(advice);
  const values = isGetter(headers)
    ? [headers.get(name)]
    : Object.entries(headers)
        .filter(([key]) => key.toLowerCase() === name)
        .map(([, value]: [string, unknown]) => value);
  const [value, ...others] = values.flat().filter((one) => one !== undefined && one !== null);
  return typeof value === 'string' && value !== '' && others.length === 0 ? value : null;
}

/** Throws a `TypeError` for a body that a parser has made something else of: no signature is over that. */
export function rawBytes(body: unknown): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isArrayBuffer(body)) return Buffer.from(body);
  throw new TypeError(NEEDS_RAW_BODY);
}

const NEEDS_RAW_BODY =
  'verifyWebhook needs the raw body, a string or bytes as they came: a parsed one is another text, and none was read before. ' +
  "Express: express.raw({ type: 'application/json' }) on this route. " +
  "Fastify: addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => done(null, body)). " +
  'Next.js: await request.text(). Hono: await c.req.text(). More in docs/webhooks.md';

function noHeaders(advice: string): TypeError {
  return new TypeError(
    `verifyWebhook needs the headers of the request: \`request.headers\` of Node or of the Fetch API${advice}`,
  );
}

const PROMISED = '. Next.js gives a promise of them: await headers()';

const HONO = '. This is Hono’s whole request: pass c.req.raw.headers';

/** What stands in the place of headers, and the advice for it. Headers themselves are texts and lists of texts by any name. */
function mistakenFor(given: object): string | null {
  const { get, then, headers, header, req } = given as Readonly<Record<string, unknown>>;
  // Hono's context, whose `get` is not of headers.
  if (isObject(req) && 'header' in req) return HONO;
  // Express's and Koa's requests are among these: their `get` is of headers.
  if (typeof get === 'function') return null;
  if (typeof then === 'function') return PROMISED;
  if (typeof header === 'function') return HONO;
  return isObject(headers) ? '. This is a whole request: pass request.headers' : null;
}

/** No list. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isGetter(headers: object): headers is HeaderGetter {
  return 'get' in headers && typeof headers.get === 'function';
}

/** Also of another realm, as test runners make them. */
function isArrayBuffer(value: unknown): value is ArrayBuffer | SharedArrayBuffer {
  return /^\[object (?:Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value));
}
