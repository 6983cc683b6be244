import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { documentedOperations, documentedTable, namesIn } from '../../../../support/api-doc.ts';
import { startCompanion, type TestCompanion } from '../../../../support/companion.ts';
import { pathsOfSchema } from '../../../../support/field-paths.ts';

type Json = Record<string, unknown>;

const RESOLVE = 'post /api/sbp/v1/payments/{payment_id}/attention/{attention_id}/resolve';

interface Served {
  parameters: { $ref?: string; in: string; name: string; schema: Json }[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, { content?: Record<string, { schema: Json }> }>;
}

let shop: TestCompanion;
const served = new Map<string, Served>();
before(async () => {
  shop = await startCompanion();
  const { paths } = (await (await fetch(`${shop.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Served>>;
  };
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) served.set(`${method} ${path}`, operation);
  }
});
after(() => shop.stop());

const bodyOf = (operation: string) => served.get(operation)!.requestBody!.content['application/json']!.schema;
const answerOf = (operation: string) => {
  const { responses } = served.get(operation)!;
  const status = Object.keys(responses).find((one) => one.startsWith('2'))!;
  return responses[status]!.content!['application/json']!.schema;
};
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

describe('docs/api.md and /openapi.json', () => {
  it('have the same operations', () => {
    const documented = documentedOperations.map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(sorted(documented), sorted(served.keys()));
    assert.equal(new Set(documented).size, documented.length, 'each is documented once');
  });

  it('have the same query parameters, each with its type', () => {
    for (const { method, path, query } of documentedOperations) {
      const parameters = served.get(`${method} ${path}`)!.parameters.filter((one) => one.in === 'query');
      assert.deepEqual(sorted(query), sorted(parameters.map(({ name }) => name)), `${method} ${path}`);
    }
    const schemas = (path: string) =>
      Object.fromEntries(served.get(path)!.parameters.map(({ name, schema }) => [name, schema]));
    const payments = schemas('get /api/sbp/v1/payments');
    assert.deepEqual(payments['limit'], { type: 'integer', minimum: 1, maximum: 100, default: 50 });
    assert.ok((payments['status']!['enum'] as string[]).includes('partial_refunded'));
    assert.deepEqual(schemas('get /api/sbp/v1/banks')['platform']!['enum'], ['ios', 'android', 'desktop']);
  });

  it('have the same body fields', () => {
    const withBody = [...served].filter(([, { requestBody }]) => requestBody).map(([operation]) => operation);
    assert.deepEqual(withBody, [
      'post /api/sbp/v1/payments',
      'post /api/sbp/v1/payments/{payment_id}/cancel',
      'post /api/sbp/v1/qrs/{id}/close',
      RESOLVE,
      'post /api/sbp/v1/refunds',
      'post /api/sbp/v1/test/webhook',
      'post /checkout/v1/session/method',
      'post /checkout/v1/session/push',
      'post /checkout/v1/session/buyer-qr',
    ]);
    for (const operation of withBody) {
      const documented = namesIn(documentedTable(operation, 'field'));
      assert.deepEqual(sorted(documented), sorted(pathsOfSchema(bodyOf(operation))), operation);
    }
  });

  it('require the same body fields', () => {
    for (const operation of ['post /api/sbp/v1/payments', RESOLVE, 'post /api/sbp/v1/refunds']) {
      const { rows } = documentedTable(operation, 'field');
      const required = rows.filter(({ cells }) => cells[2] === 'required').flatMap(({ names }) => names);
      assert.deepEqual(sorted(required), sorted(bodyOf(operation)['required'] as string[]), operation);
    }
  });

  it('have the same answer fields', () => {
    const payment = namesIn(documentedTable('post /api/sbp/v1/payments', 'response'));
    const extras = ['qr_svg', 'qr_png', 'fallback_html', 'deep_link'];
    const everywhere = payment.filter((name) => !extras.includes(name));
    const events = namesIn(documentedTable('get /api/sbp/v1/payments/{payment_id}', 'events[]'));
    const items = (names: string[], list: string) => names.map((name) => `${list}[].${name}`);
    const refund = namesIn(documentedTable('post /api/sbp/v1/refunds', 'response'));
    const delivery = namesIn(documentedTable('get /api/sbp/v1/deliveries', 'items[]'));
    const attention = namesIn(documentedTable('get /api/sbp/v1/payments/{payment_id}', 'attention[]'));
    const snapshot = namesIn(documentedTable('get /checkout/v1/session', 'response'));
    const documented: Record<string, string[]> = {
      'post /api/sbp/v1/payments': payment,
      'get /api/sbp/v1/payments': [
        ...items(everywhere, 'items'),
        ...items(attention, 'items[].attention'),
        'next_cursor',
      ],
      'get /api/sbp/v1/payments/{payment_id}': [
        ...everywhere,
        ...items(attention, 'attention'),
        ...items(events, 'events'),
      ],
      [RESOLVE]: [...attention, ...namesIn(documentedTable(RESOLVE, 'response'))],
      'post /api/sbp/v1/payments/{payment_id}/cancel': everywhere,
      'post /api/sbp/v1/qrs/{id}/close': everywhere,
      'post /api/sbp/v1/refunds': refund,
      'get /api/sbp/v1/refunds/{refund_id}': refund,
      'get /api/sbp/v1/deliveries': [...items(delivery, 'items'), 'next_cursor'],
      'post /api/sbp/v1/deliveries/{delivery_id}/redeliver': delivery,
      'post /api/sbp/v1/test/webhook': delivery,
      'get /api/sbp/v1/banks': namesIn(documentedTable('get /api/sbp/v1/banks', 'response')),
      'get /checkout/v1/session': snapshot,
      'post /checkout/v1/session/method': snapshot,
      'post /checkout/v1/session/push': snapshot,
      'post /checkout/v1/session/buyer-qr': snapshot,
      'post /checkout/v1/session/renew': snapshot,
      'post /checkout/v1/session/cancel': snapshot,
      'post /checkout/v1/session/check': snapshot,
      'get /checkout/v1/session/banks': namesIn(
        documentedTable('get /checkout/v1/session/banks', 'response'),
      ),
      'post /webhooks/{provider}': ['received'],
      'post /sandbox/payments/{payment_id}/{action}': ['payment_id', 'status'],
      'get /healthz': ['status'],
      'get /readyz': ['status'],
    };
    for (const [operation, fields] of Object.entries(documented)) {
      assert.deepEqual(sorted(fields), sorted(pathsOfSchema(answerOf(operation))), operation);
    }
    const media = (operation: string) =>
      Object.values(served.get(operation)!.responses).flatMap(({ content = {} }) => Object.keys(content));
    const json = [...served.keys()].filter((operation) => media(operation).includes('application/json'));
    assert.deepEqual(sorted(json), sorted(Object.keys(documented)), 'every JSON answer is compared');
  });

  it('refer to nothing that is not there', async () => {
    const document = (await (await fetch(`${shop.url}/openapi.json`)).json()) as Json;
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path!,
    );
    assert.ok(references.length > 100);
    for (const reference of new Set(references)) {
      const found = reference
        .split('/')
        .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], document);
      assert.ok(found, reference);
    }
  });

  it('name the key of every POST of the merchant API, under each of its names', () => {
    for (const [operation, { parameters }] of served) {
      const keys = parameters.filter(({ $ref }) => /Idempoten(?:cy|ce)-Key/.test($ref ?? ''));
      assert.equal(keys.length, operation.startsWith('post /api/') ? 3 : 0, operation);
    }
  });
});
