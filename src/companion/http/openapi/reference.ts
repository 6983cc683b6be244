import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../payments/context.ts';
import { ALONE, ALSO_HEAD } from '../plumbing/headers.ts';
import type { Operation } from '../plumbing/route.ts';
import { html, type Markup } from '../pages/html.ts';
import { openApiDocument } from './document.ts';

const PAGE_CSP = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const PAGE_CSS = `:root { color-scheme: light dark; --line: #e5e7eb; --muted: #4b5563; --subtle: #f3f4f6; }
@media (prefers-color-scheme: dark) { :root { --line: #2f353d; --muted: #a8b0bd; --subtle: #1f2329; } }
body { margin: 0 auto; max-width: 860px; padding: 40px 20px 80px; font: 16px/1.5 system-ui, sans-serif; }
h2 { margin: 48px 0 4px; font-size: 18px; }
h2 code { font-size: 16px; overflow-wrap: anywhere; }
p { color: var(--muted); }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
caption { padding: 12px 0 4px; text-align: left; font-weight: 600; }
td { padding: 6px 12px 6px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td:first-child { width: 34%; }
code { font-family: ui-monospace, monospace; }
.method { display: inline-block; padding: 0 8px; border-radius: 6px; background: var(--subtle); text-transform: uppercase; }
`;

type Json = Readonly<Record<string, unknown>>;

/**
 * Returns `/openapi.json` and `/docs`, the same document as a page. Neither has data of payments. Both are built at the
 * first request and stay the same for the life of the process.
 */
export function reference(ctx: Pick<Context, 'config'>, operations: () => readonly Operation[]) {
  return (app: FastifyInstance): void => {
    const options = { ...ALSO_HEAD, config: { refusals: ['rate_limited'] } } as const;
    const document = once(() => openApiDocument(ctx, operations()));
    const json = once(() => builtFile(JSON.stringify(document()), 'application/json; charset=utf-8'));
    const html = once(() => builtFile(page(document()), 'text/html; charset=utf-8'));
    app.get('/openapi.json', options, (request, reply) => sendFile(request, reply, json()));
    app.get('/docs', options, (request, reply) =>
      sendFile(request, reply.headers({ ...ALONE, 'content-security-policy': PAGE_CSP }), html()),
    );
    app.get('/docs.css', options, (_request, reply) => reply.type('text/css; charset=utf-8').send(PAGE_CSS));
  };
}

interface BuiltFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

function builtFile(text: string, type: string): BuiltFile {
  const bytes = Buffer.from(text);
  return { type, bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
}

function sendFile(request: FastifyRequest, reply: FastifyReply, { type, bytes, etag }: BuiltFile) {
  reply.headers({ 'cache-control': 'no-cache', etag });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type(type).send(bytes);
}

function once<T>(build: () => T): () => T {
  let built: { readonly value: T } | null = null;
  return () => (built ??= { value: build() }).value;
}

function page(document: ReturnType<typeof openApiDocument>): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation as Json)),
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${document.info.title} API</title>
        <link rel="stylesheet" href="docs.css" />
      </head>
      <body>
        <h1>${document.info.title} API</h1>
        <p>${document.info.description} <a href="openapi.json">OpenAPI 3.1</a></p>
        ${operations}
      </body>
    </html>`.toString();
}

function section(method: string, path: string, operation: Json): Markup {
  const responses = Object.entries(operation['responses'] as Record<string, Json>);
  const [status, done] = responses.find(([code]) => code.startsWith('2'))!;
  const body = operation['requestBody'] as Json | undefined;
  const refusals = responses
    .filter(([code]) => !code.startsWith('2'))
    // The no-break space keeps a status on the line of its first code.
    .map(([code, { description }]) => `${code}\u00a0${String(description).replaceAll('`', '')}`);
  return html`<section>
    <h2>
      <code><span class="method">${method}</span> ${path}</code>
    </h2>
    <p>${operation['summary'] as string}.</p>
    ${refusals.length > 0 ? html`<p>Refusals: ${refusals.join('\u00a0· ')}.</p>` : null}
    ${fields('Query', querySchema(operation))} ${body ? fields('Body', jsonSchema(body)) : null}
    ${fields(`Answer ${status}`, jsonSchema(done))}
  </section>`;
}

/** Returns the query parameters as the schema of one object, so that the page shows them like the fields of a body. */
function querySchema(operation: Json): Json {
  const inQuery = (operation['parameters'] as Json[]).filter((parameter) => parameter['in'] === 'query');
  return { properties: Object.fromEntries(inQuery.map(({ name, schema }) => [name as string, schema])) };
}

function jsonSchema(message: Json): Json {
  const [content] = Object.values((message['content'] ?? {}) as Record<string, Json>);
  return (content?.['schema'] ?? {}) as Json;
}

function fields(caption: string, schema: Json): Markup | null {
  const rows = rowsOf(schema, '');
  if (rows.length === 0) return null;
  return html`<table>
    <caption>
      ${caption}
    </caption>
    ${rows.map(
      ({ name, type, note }) =>
        html`<tr>
          <td><code>${name}</code></td>
          <td>${type}${note ? html`<br />${note}` : null}</td>
        </tr>`,
    )}
  </table>`;
}

function rowsOf(schema: Json, prefix: string): { name: string; type: string; note: string }[] {
  const required = (schema['required'] ?? []) as string[];
  return Object.entries((schema['properties'] ?? {}) as Record<string, Json>).flatMap(([key, field]) => {
    const inner = inside(field);
    const name = `${prefix}${key}`;
    const type = `${typeOf(field)}${required.includes(key) ? '' : ', optional'}`;
    const children = rowsOf(inner, inner === field ? `${name}.` : `${name}[].`);
    return [{ name, type, note: (field['description'] ?? '') as string }, ...children];
  });
}

function inside(field: Json): Json {
  return (field['type'] === 'array' ? field['items'] : field) as Json;
}

function typeOf(field: Json): string {
  const options = (field['anyOf'] ?? field['oneOf']) as Json[] | undefined;
  if (options) return options.map(typeOf).join(' or ');
  if (Array.isArray(field['enum'])) return field['enum'].map((value) => JSON.stringify(value)).join(' | ');
  if (field['const'] !== undefined) return JSON.stringify(field['const']);
  if (field['type'] === 'array') return `list of ${typeOf(field['items'] as Json)}`;
  return (field['type'] ?? 'anything') as string;
}
