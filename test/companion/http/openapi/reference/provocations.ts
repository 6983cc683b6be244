import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import type { ProblemCode } from '../../../../../src/companion/http/plumbing/problem-codes.ts';
import { signWebhook } from '../../../../../src/webhooks/webhooks.ts';
import { API_KEY, startCompanion, WEBHOOK_SECRET } from '../../../../support/companion.ts';
import { StreamReader } from '../../../../support/event-source.ts';
import { asResponse, pipeline } from '../../../../support/raw-client.ts';
import { RawSocket } from '../../../../support/raw-socket.ts';
import { ScriptedProvider } from '../../../../support/scripted-provider.ts';
import { NOW, type Call, type ApiFixture } from '../../../../support/api-fixture.ts';

/** Prepares the circumstances of a refusal, and returns the call that gets it. */
type Provocation = (stage: ApiFixture, operation: string, t: TestContext) => Trigger | Promise<Trigger>;
type Trigger = () => Promise<Response>;

const byCall =
  (options: Call): Provocation =>
  (stage, operation) =>
  () =>
    stage.call(operation, options);

const byUnknownId = byCall({ id: 'nobody' });
const byWrongCredential = byCall({ headers: { authorization: 'Bearer guess' } });

function byReport(signature: Record<string, string>, body = '{}'): Provocation {
  return byCall({ body, headers: { 'x-sbp-delivery': 'd', ...signature } });
}

function signed(body: string, now = NOW): Record<string, string> {
  return { ...signWebhook({ event: 'e', deliveryId: 'd', body }, WEBHOOK_SECRET, now) };
}

class NoRefundProvider extends ScriptedProvider {
  override readonly capabilities = { ...new ScriptedProvider().capabilities, refund: 'none' } as never;
}

/** A provider whose webhook body is the payment's id. The companion confirms each webhook by a status request. */
class ConfirmingProvider extends ScriptedProvider {
  override readonly capabilities = {
    ...new ScriptedProvider().capabilities,
    webhookTrust: 'confirm-by-status',
  } as never;
  override parseWebhook({ body }: { body?: Buffer } = {}) {
    const reference = String(body);
    return { ...this.report(reference), deliveryId: `report ${reference}`, event: 'report' } as never;
  }
}

const PHONE = '+79990001122';

/** The provocation of each code, for an operation that lists it. */
export const PROVOCATIONS: Partial<Record<ProblemCode, Provocation>> = {
  invalid_api_key: byWrongCredential,
  invalid_token: byWrongCredential,
  origin_not_allowed: byCall({ headers: { origin: 'https://stranger.example' } }),
  token_in_query: (stage, operation) => () => stage.call(operation, { query: `token=${stage.open.token}` }),
  malformed_json: byCall({ body: '{"a":' }),
  nested_too_deep: byCall({ body: `${'['.repeat(65)}${']'.repeat(65)}` }),
  body_too_large: byCall({ body: ' '.repeat(1024 * 1024 + 1) }),
  unsupported_media_type: byCall({ body: '<a/>', headers: { 'content-type': 'text/xml' } }),
  invalid_idempotency_key: byCall({ headers: { 'idempotency-key': 'a b' } }),
  invalid_fields: (stage, operation) => () =>
    stage.call(
      operation,
      operation.startsWith('get') ? { query: 'limit=0&platform=amiga' } : { body: { on_late: 'maybe' } },
    ),
  payment_not_found: (stage, operation) => () =>
    stage.call(
      operation,
      operation.endsWith('/refunds') ? { body: { payment_id: 'nobody' } } : { id: 'nobody' },
    ),
  refund_not_found: byUnknownId,
  delivery_not_found: byUnknownId,
  attention_not_found: byCall({ params: { attention_id: 'nobody' } }),
  attention_open: (stage, operation) => () =>
    stage.call(operation, { body: { payment_id: stage.contradicted.paymentId } }),
  async attention_resolved(stage, operation) {
    const good = await stage.validCall(operation);
    assert.equal((await stage.call(operation, good)).status, 200);
    return () => stage.call(operation, good);
  },
  logo_not_found: byUnknownId,
  qr_not_found: (stage, operation) => () => stage.call(operation, { payment: stage.paid }),
  unknown_provider: byUnknownId,
  not_cancelable: (stage, operation) => () =>
    stage.call(operation, { id: stage.paid.payment_id, payment: stage.paid }),
  not_renewable: byCall({}),
  method_not_changeable: (stage, operation) => () =>
    stage.call(operation, { payment: stage.paid, body: { method: 'sbp' } }),
  not_pushable: byCall({ body: { phone: PHONE } }),
  not_scannable: byCall({ body: { payload: 'code' } }),
  async push_not_sent(stage, operation) {
    const payment = await stage.shop.createPayment({ methods: ['sberpay'] });
    return () => stage.call(operation, { payment, body: { phone: '+70000000000' } });
  },
  async too_many_pushes(stage, operation) {
    const phone = '+79990004455';
    const other = await stage.shop.createPayment({ methods: ['sberpay'] });
    for (let i = 0; i < 3; i++)
      await stage.call('post /checkout/v1/session/push', { payment: other, body: { phone } });
    const isChoice = operation.endsWith('/method');
    const methods = isChoice ? ['sbp', 'sberpay'] : ['sberpay'];
    const payment = await stage.shop.createPayment({ methods, customer: { phone } });
    if (operation.endsWith('/renew')) await stage.shop.sandbox(payment.payment_id, 'expire');
    return () => stage.call(operation, { payment, body: { method: 'sberpay', phone } });
  },
  not_paid: (stage, operation) => () =>
    stage.call(operation, { body: { payment_id: stage.open.payment_id } }),
  signature_missing: byReport({}),
  signature_malformed: byReport({ 'x-sbp-signature': 't=1' }),
  signature_mismatch: byReport(signed('{"another":"body"}')),
  timestamp_out_of_range: byReport(signed('{}', NOW - 301_000)),
  body_malformed: byReport(signed('[]'), '[]'),

  async rate_limited(stage, operation) {
    const on = await stage.rateLimited();
    // Use up the limit, which counts by key, token or address.
    await stage.call(operation, { on });
    return () => stage.call(operation, { on });
  },

  async too_many_streams(stage, operation, t) {
    const on = await startCompanion({ SBP_STREAM_LIMIT: '1' });
    t.after(() => on.stop());
    const payment = await on.createPayment();
    const stream = await StreamReader.open(on.url, payment.token);
    t.after(() => stream.stop());
    return () => stage.call(operation, { on, payment });
  },

  async address_not_allowed(stage, operation, t) {
    const on = await startCompanion({ SBP_WEBHOOK_ADDRESSES: 'sandbox=10.0.0.1' });
    t.after(() => on.stop());
    return () => stage.call(operation, { on, body: '{}' });
  },

  /** Sends two calls in one packet: one is served, and the other one arrives while the first is running. */
  async idempotency_key_in_use(stage, operation) {
    const good = await stage.validCall(operation);
    const body = good.body === undefined ? '' : JSON.stringify(good.body);
    const head = [
      `POST ${stage.address(operation, good)} HTTP/1.1`,
      'host: x',
      `authorization: Bearer ${API_KEY}`,
      `idempotency-key: twin-${operation.replaceAll(' ', '')}`,
      ...(body === '' ? [] : ['content-type: application/json']),
      `content-length: ${body.length}`,
      '\r\n',
    ].join('\r\n');
    const twin = { head, body: Buffer.from(body) };
    return async () => {
      const answers = await pipeline(Number(new URL(stage.shop.url).port), [twin, twin]);
      const refused = answers.find((answer) => answer?.status === 409);
      assert.ok(refused, `${operation} → ${answers.map((answer) => answer?.status).join()}`);
      return asResponse(refused);
    };
  },

  async idempotency_key_reused(stage, operation) {
    const good = await stage.validCall(operation);
    const headers = { 'idempotency-key': `reused-${operation.replaceAll(' ', '')}` };
    const first = await stage.call(operation, { ...good, headers });
    assert.ok(first.ok, `${operation} → ${first.status} ${await first.text()}`);
    return () =>
      stage.call(operation, { ...good, headers, body: { ...(good.body as object | undefined), other: 1 } });
  },

  async delivery_erased(stage, operation) {
    const id = await stage.createDelivery();
    const db = new DatabaseSync(stage.shop.databaseFile, { timeout: 5_000 });
    db.prepare("UPDATE deliveries SET body = '' WHERE delivery_id = ?").run(id);
    db.close();
    return () => stage.call(operation, { id });
  },

  async store_not_writable(stage, operation) {
    if (operation === 'get /readyz') return () => stage.whileLocked(() => stage.call(operation));
    const good = await stage.validCall(operation);
    return () => stage.whileLocked(() => stage.call(operation, good));
  },

  async not_refundable(stage, operation, t) {
    const provider = new NoRefundProvider();
    const on = await startCompanion({}, { providers: { sandbox: provider } });
    t.after(() => on.stop());
    const { payment_id } = await on.createPayment();
    provider.created.get(payment_id)!.status = 'paid';
    await on.api(`/payments/${payment_id}/cancel`, { method: 'POST' });
    return () => stage.call(operation, { on, body: { payment_id } });
  },

  async not_confirmed(stage, operation, t) {
    const provider = new ConfirmingProvider();
    const on = await startCompanion({}, { providers: { sandbox: provider } });
    t.after(() => on.stop());
    const { payment_id } = await on.createPayment();
    provider.down = 'before';
    return () => stage.call(operation, { on, body: payment_id });
  },

  unknown_action: byCall({ params: { action: 'steal' } }),
  not_possible_now: (stage, operation) => () =>
    stage.call(operation, { id: stage.paid.payment_id, params: { action: 'decline' } }),

  async webhook_not_taken(stage, operation, t) {
    const on = await startCompanion({ SBP_WEBHOOK_ADDRESSES: 'sandbox=10.0.0.1' });
    t.after(() => on.stop());
    const { payment_id } = await on.createPayment();
    return () => stage.call(operation, { on, id: payment_id, params: { action: 'pay' } });
  },

  /** Sends a request whose first part arrives before the shutdown, and whose end arrives during it. */
  async shutting_down(stage, operation) {
    const on = await startCompanion();
    const socket = await RawSocket.open(on.url);
    socket.send(`GET ${stage.address(operation)} HTTP/1.1\r\nhost: x\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return async () => {
      const stopped = on.stop();
      socket.send('\r\n');
      await stopped;
      const [head = '', body = ''] = socket.received.split('\r\n\r\n');
      return asResponse({ head, body });
    };
  },
};
