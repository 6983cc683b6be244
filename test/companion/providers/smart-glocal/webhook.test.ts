import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { WebhookVerificationError } from '../../../../src/webhooks/webhooks.ts';
import { OutboundClient } from '../../../../src/companion/outbound/client.ts';
import type { RawWebhook } from '../../../../src/companion/providers/provider.ts';
import { createSmartGlocalProvider } from '../../../../src/companion/providers/smart-glocal/provider.ts';
import { sign, verifySignature } from '../../../../src/companion/providers/smart-glocal/signature.ts';
import {
  fixture,
  request,
  sessionOf,
  settingsFor,
  signedWebhook,
  withLink,
} from '../../../support/smart-glocal.ts';

const { reference } = request;
const LINK = 'https://pay.example.ru/s/1';
const outbound = new OutboundClient({ development: false });
after(() => outbound.close());
const provider = createSmartGlocalProvider({
  settings: settingsFor('https://api.example/api/v1'),
  outbound,
  now: Date.now,
});

const read = (payload: unknown) => provider.parseWebhook(signedWebhook(payload));
const told = (type: string, ...parts: Parameters<typeof sessionOf>) =>
  read({ type, session: sessionOf(...parts) });

function reasonOf(webhook: RawWebhook): string {
  try {
    provider.parseWebhook(webhook);
  } catch (error) {
    assert.ok(error instanceof WebhookVerificationError, String(error));
    return error.reason;
  }
  return 'taken';
}

describe('X-PARTNER-SIGN', () => {
  it('is what another implementation signs', () => {
    const vector = fixture('signature') as { public_key: string; body: string; signature: string };
    const key = createPublicKey(vector.public_key);
    const headers = { 'x-partner-sign': vector.signature };
    verifySignature(headers, Buffer.from(vector.body, 'utf8'), key);
    assert.throws(() => verifySignature(headers, Buffer.from(`${vector.body}\n`), key), /does not match/);
  });

  it('of ours is verified with our key only', () => {
    const [one, other] = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
    const body = Buffer.from('{"a":"Ромашка"}');
    const headers = { 'x-partner-sign': sign(body, one!.privateKey) };
    verifySignature(headers, body, one!.publicKey);
    assert.throws(() => verifySignature(headers, body, other!.publicKey), /does not match/);
  });

  it('covers the received bytes', () => {
    const genuine = signedWebhook({ type: 'payment_finished', session: sessionOf() });
    assert.equal(reasonOf(genuine), 'taken');
    for (const body of [` ${genuine.body.toString()}`, `${genuine.body.toString()}\n`, '', '{}']) {
      assert.equal(reasonOf({ ...genuine, body: Buffer.from(body) }), 'signature_mismatch');
    }
    fc.assert(
      fc.property(fc.nat(genuine.body.length - 1), fc.nat(7), (at, bit) => {
        const body = Buffer.from(genuine.body);
        body[at]! ^= 1 << bit;
        assert.equal(reasonOf({ ...genuine, body }), 'signature_mismatch');
      }),
    );
  });

  it('is refused in any other form, with a reason', () => {
    const genuine = signedWebhook({ type: 'payment_finished', session: sessionOf() });
    const signature = genuine.headers['x-partner-sign']!;
    const refused = (given: unknown) =>
      reasonOf({ ...genuine, headers: { 'x-partner-sign': given as string } });
    assert.equal(reasonOf({ ...genuine, headers: {} }), 'signature_missing');
    assert.equal(refused(''), 'signature_missing');
    assert.equal(refused([signature, signature]), 'signature_missing');
    for (const other of [
      'x',
      'Р',
      `${signature}A`,
      `${signature}, ${signature}`,
      signature.slice(0, -1),
      signature.replaceAll('+', '-').replaceAll('/', '_'),
      Buffer.from(signature, 'base64').toString('hex').slice(1),
      '====',
    ]) {
      assert.match(refused(other), /^signature_(malformed|mismatch)$/, other);
    }
    for (const other of [signature.slice(0, -4), 'AAAA', 'A'.repeat(5_000), `AAAA${signature}`]) {
      assert.equal(refused(other), 'signature_mismatch', other.slice(0, 20));
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => refused(text).startsWith('signature_')));
  });

  it('does not make a readable message of any other body', () => {
    for (const body of ['', 'null', '7', '"x"', '[]', '{', '\u0000']) {
      assert.equal(reasonOf(signedWebhook(body)), 'body_malformed', body);
    }
  });
});

describe('a webhook of Smart Glocal', () => {
  it('asks for our confirmation', () => {
    const { deliveryId, ...delivery } = told('ready_to_confirm');
    assert.match(deliveryId, /^sha256_[\w-]{43}$/);
    assert.deepEqual(delivery, {
      reference,
      providerPaymentId: 'ps_1',
      event: 'ready_to_confirm',
      status: null,
      amount: 125_000,
      currency: 'RUB',
      wantsConfirmation: true,
      detail: 'session in_progress, payment in_progress',
    });
  });

  it('brings the link, or logs why it may not be shown', () => {
    const { status, presentation } = told('action_required', {}, withLink(LINK));
    assert.deepEqual([status, presentation], [null, { kind: 'link', url: LINK, deep_link: null }]);
    const sberpay = 'sberpay://invoicing/v2?bankInvoiceId=0123456789abcdef0123456789abcdef';
    assert.deepEqual(told('action_required', {}, withLink(sberpay)).presentation, {
      kind: 'link',
      url: sberpay,
      deep_link: sberpay,
    });
    for (const url of ['javascript:alert(1)', 'http://pay.example.ru/', 'https://127.0.0.1/', null]) {
      const delivery = told('action_required', {}, withLink(url));
      assert.ok(!delivery.presentation, String(url));
      assert.match(delivery.detail!, /no link that may be shown/);
      assert.ok(!JSON.stringify(delivery).includes('alert'));
    }
    assert.equal(told('ready_to_confirm', {}, withLink(LINK)).presentation, undefined);
  });

  it('reports the end from both fields', () => {
    const ended = (of: string, payment: string) =>
      told('payment_finished', { status: of }, { status: payment });
    assert.equal(ended('accepted', 'succeeded').status, 'paid');
    assert.equal(ended('error', 'failed').status, 'failed');
    assert.equal(ended('cancelled', 'failed').status, 'canceled');
    assert.equal(ended('canceled', 'failed').status, 'canceled');
    assert.equal(ended('accepted', 'failed').status, null);
    assert.equal(ended('teleported', 'teleported').status, null);
    const noSum = told(
      'payment_finished',
      { status: 'accepted' },
      { status: 'succeeded', amount_details: null },
    );
    assert.deepEqual([noSum.status, noSum.amount], ['paid', null], 'which is not believed without its sum');
  });

  it('reports a refund without an id, and nothing for other types', () => {
    const { status, refund } = told('payment_refunded', { status: 'accepted' }, { status: 'succeeded' });
    assert.deepEqual(
      { status, refund },
      { status: null, refund: { refundId: null, providerRefundId: null, status: 'succeeded' } },
    );
    for (const type of ['ready_to_capture', 'payment_teleported', 'PAYMENT_FINISHED', '']) {
      const delivery = told(type, { status: 'accepted' }, { status: 'succeeded' });
      assert.deepEqual([delivery.status, delivery.refund, delivery.event], [null, undefined, type]);
    }
    assert.equal(told('x'.repeat(1_000)).event.length, 64);
  });

  it('is identified by its type, session and time only', () => {
    const idOf = (type: string, of: Record<string, unknown>, payment = {}) =>
      told(type, of, payment).deliveryId;
    const id = idOf('ready_to_confirm', {});
    assert.equal(idOf('ready_to_confirm', { status: 'accepted' }, { status: 'succeeded' }), id);
    assert.notEqual(idOf('action_required', {}), id);
    assert.notEqual(idOf('ready_to_confirm', { id: 'ps_2' }), id);
    assert.notEqual(idOf('ready_to_confirm', { updated_at: '2026-01-01T00:00:01.000002Z' }), id);
    const timeless = idOf('ready_to_confirm', { updated_at: null });
    assert.equal(idOf('ready_to_confirm', { updated_at: null }), timeless);
    assert.notEqual(idOf('ready_to_confirm', { updated_at: null, status: 'accepted' }), timeless);
  });

  it('names our payment wherever we have put our reference, and no other', () => {
    const named = (of: Record<string, unknown>, payment: Record<string, unknown> | null) =>
      told('ready_to_confirm', of, payment).reference;
    const none = { metadata: null, customer: null };
    assert.equal(named({}, { ...none, metadata: reference }), reference);
    assert.equal(named({}, { ...none, customer: { reference } }), reference);
    assert.equal(named({ metadata: reference }, none), reference);
    assert.equal(named({ customer: { reference } }, null), reference);
    assert.equal(named({}, { metadata: `${reference}-3`, customer: null }), `${reference}-3`);
    for (const other of ['order123', 'mobile_web', `${reference} `, `x${reference}`, {}, 7, ['pay_x']]) {
      assert.equal(named({ metadata: other }, { metadata: other, customer: { reference: other } }), '');
    }
  });

  it('reports nothing when it is unreadable, and has a delivery id', () => {
    const id = 'ps_1';
    for (const payload of [
      {},
      { type: 'payment_finished' },
      { type: 7, session: sessionOf() },
      { type: 'payment_finished', session: { ...sessionOf(), id: 7 } },
      {
        type: 'payment_finished',
        session: { id, acquiring_payments: [{ amount_details: { amount: '1' } }] },
      },
      { type: 'payment_finished', session: { id, acquiring_payments: 'none' } },
    ]) {
      const { status, refund, providerPaymentId, reference: named, deliveryId } = read(payload);
      assert.deepEqual([status, refund, providerPaymentId, named], [null, undefined, undefined, '']);
      assert.match(deliveryId, /^sha256_/);
    }
    const sample = fixture('init-payment.response') as { session: unknown };
    const { providerPaymentId, status, amount } = read({ type: 'payment_finished', session: sample.session });
    assert.deepEqual([providerPaymentId, status, amount], ['ps_12345', 'created', 1_000]);
  });
});
