import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { WebhookVerificationError } from '../../../../src/webhooks/webhooks.ts';
import { refundReason } from '../../../../src/companion/providers/freepayment/messages.ts';
import type { Provider } from '../../../../src/companion/providers/provider.ts';
import { published, request, ScriptedAcquirer, transaction, UID } from '../../../support/freepayment.ts';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const others = generateKeyPairSync('rsa', { modulusLength: 4096 });
const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;
const signed = (body: string, { privateKey } = keys) =>
  sign('sha256', Buffer.from(body), privateKey).toString('base64');

describe('a webhook of freepayment', () => {
  let acquirer: ScriptedAcquirer;
  let byKey: Provider;
  let byBasic: Provider;
  before(async () => {
    acquirer = await ScriptedAcquirer.start();
    const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    byKey = acquirer.provider({ publicKey });
    byBasic = acquirer.provider();
  });
  after(() => acquirer.stop());

  const body = JSON.stringify({ transaction: { ...transaction, status: 'successful' } });
  const parse = (headers: IncomingHttpHeaders, { provider = byKey, text = body } = {}) =>
    provider.parseWebhook({ headers, body: Buffer.from(text) });
  const refusal = (headers: IncomingHttpHeaders, options = {}) => {
    try {
      parse(headers, options);
    } catch (error) {
      assert.ok(error instanceof WebhookVerificationError, String(error));
      return error.reason;
    }
    return 'taken';
  };

  it('is accepted with a valid signature', () => {
    assert.equal(refusal({ 'content-signature': signed(body) }), 'taken');
    assert.equal(refusal({ 'content-signature': signed(body, others) }), 'signature_mismatch');
    assert.equal(refusal({ 'content-signature': signed(`${body} `) }), 'signature_mismatch');
    assert.equal(refusal({}), 'signature_missing');
    assert.equal(refusal({ authorization: basic('shop:key') }), 'signature_missing', 'the key asks for more');
  });

  it('is refused for every malformed signature', () => {
    const right = signed(body);
    for (const odd of [
      'x',
      `${right}A`,
      right.slice(0, -6),
      right.slice(0, 100),
      `${right}, ${right}`,
      `${right}\n`,
      'é'.repeat(200),
      'A'.repeat(1366),
      'A'.repeat(100_000),
      '====',
      [right, right],
    ]) {
      const headers = { 'content-signature': odd } as unknown as IncomingHttpHeaders;
      assert.match(refusal(headers), /^signature_(malformed|mismatch)$/, String(odd).slice(0, 40));
    }
    assert.equal(refusal({ 'content-signature': '' }), 'signature_missing');
  });

  it('must have the right credentials, if any, besides its signature', () => {
    const both = (authorization: string) => refusal({ 'content-signature': signed(body), authorization });
    assert.equal(both(basic('shop:key')), 'taken');
    assert.equal(both(basic('shop:other')), 'signature_mismatch');
    assert.equal(both(''), 'signature_mismatch');
  });

  it("is accepted with the shop's credentials if there is no key", () => {
    const alone = (authorization?: string) =>
      refusal(authorization === undefined ? {} : { authorization }, { provider: byBasic });
    assert.equal(alone(basic('shop:key')), 'taken');
    assert.equal(alone(basic('shop:key').replace('Basic', 'basic')), 'taken');
    for (const wrong of [
      basic('shop:'),
      basic('shop:key2'),
      basic(':'),
      'Bearer key',
      'Basic',
      '',
      'x'.repeat(9999),
    ])
      assert.equal(alone(wrong), 'signature_mismatch', wrong.slice(0, 40));
    assert.equal(alone(), 'signature_missing');
    assert.equal(
      refusal({ 'content-signature': signed(body) }, { provider: byBasic }),
      'signature_missing',
      'a signature that nobody can check proves nothing',
    );
  });

  const read = (fields: object) => {
    const text = JSON.stringify({ transaction: { ...transaction, ...fields } });
    return parse({ 'content-signature': signed(text) }, { text });
  };

  it("reports the acquirer's statement about a payment", () => {
    const { deliveryId, ...claim } = read({ status: 'successful' });
    assert.deepEqual(claim, {
      reference: request.reference,
      providerPaymentId: UID,
      status: 'paid',
      amount: 100_000,
      currency: 'RUB',
      test: null,
      event: 'payment.successful',
    });
    assert.match(deliveryId, /^sha256_/);
    assert.equal(read({ status: 'successful' }).deliveryId, deliveryId, 'a repeat is known');
    assert.notEqual(read({ status: 'pending' }).deliveryId, deliveryId);
    assert.equal(read({ status: 'teleported' }).status, null);
    assert.equal(read({ type: 'chargeback', status: 'successful' }).status, null);
    assert.equal(read({ type: 'a b', status: '<script>' }).event, 'unknown.unknown');
  });

  it("finds the payment of a refund by the payment's uid", () => {
    const sample = published('bc-refund.response');
    const text = JSON.stringify(sample);
    const claim = parse({ 'content-signature': signed(text) }, { text });
    assert.deepEqual(claim, {
      reference: '',
      providerPaymentId: 'bdf1314f-ba06-4265-acaf-7bc533aacf11',
      status: null,
      amount: null,
      currency: null,
      event: 'refund.pending',
      deliveryId: claim.deliveryId,
      refund: {
        refundId: null,
        providerRefundId: '52b4d133-474c-469b-b240-72385b1dfd10',
        amount: 1_000,
        status: 'pending',
      },
    });
  });

  it('names our refund if the reason is ours', () => {
    const refundOf = (reason: unknown) => read({ type: 'refund', parent_uid: UID, reason }).refund?.refundId;
    const ours = 'rfd_ABCDEFGHIJKLMNOPQRST';
    const another = ours.replace('T', 'X');
    for (const words of [null, 'брак', `вместо ${another}`, `Возврат ${another}`])
      assert.equal(refundOf(refundReason(ours, words)), ours);
    for (const reason of [
      'damaged',
      ours,
      `вместо ${ours}`,
      `Возврат ${ours}U`,
      `. Возврат ${ours}`,
      7,
      null,
    ])
      assert.equal(refundOf(reason), null);
  });

  it('reports nothing if it is unreadable, and is refused if it is not an object', () => {
    for (const text of ['{}', '{"transaction":7}', '{"transaction":{"uid":"a b"}}', '{"transaction":{}}']) {
      const { reference, status, event } = parse({ 'content-signature': signed(text) }, { text });
      assert.deepEqual([reference, status, event], ['', null, 'unreadable'], text);
    }
    for (const text of ['', '[]', 'null', '7', '{"transaction":', '"x"']) {
      assert.equal(refusal({ 'content-signature': signed(text) }, { text }), 'body_malformed', text);
    }
  });
});
