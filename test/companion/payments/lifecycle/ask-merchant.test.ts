import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { SmartGlocalSimulator } from '../../../../demo/simulators/smart-glocal.ts';
import { verifyWebhook } from '../../../../src/webhooks/webhooks.ts';
import { CompanionProcess } from '../../../support/companion-process.ts';
import { WEBHOOK_SECRET } from '../../../support/companion.ts';
import { SmartGlocalShop, until } from '../../../support/smart-glocal-shop.ts';

/** The merchant's server, which the companion asks before money is taken. */
class Decider {
  readonly asked: Record<string, unknown>[] = [];
  /** `null` for no answer. */
  answer: { readonly status: number; readonly body: string } | null = null;
  onAsked: () => void = () => undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const { payload } = verifyWebhook({ body, headers: request.headers, secrets: WEBHOOK_SECRET });
        this.asked.push(payload);
        this.onAsked();
        if (this.answer) response.writeHead(this.answer.status).end(this.answer.body);
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/confirm`;
  }

  askedOf(paymentId: string): Record<string, unknown>[] {
    return this.asked.filter((payload) => payload['payment_id'] === paymentId);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe("the merchant's confirmation of a payment", () => {
  const decider = new Decider();
  let place: SmartGlocalShop;
  before(async () => {
    place = await SmartGlocalShop.open({}, { SBP_CONFIRM_URL: await decider.listen() });
  });
  after(async () => {
    await place.close();
    await decider.close();
  });
  beforeEach(() => {
    decider.answer = null;
  });

  const idOf = (reference: string) => place.system.session(reference).id;
  const say = (confirm: unknown) => ({ status: 200, body: JSON.stringify({ confirm }) });

  it('confirms the payment once after yes', async () => {
    decider.answer = say(true);
    const { payment_id } = await place.paid();
    const [payload, ...more] = decider.askedOf(payment_id);
    assert.equal(more.length, 0);
    assert.equal(payload!['event'], 'payment.confirmation_requested');
    assert.deepEqual([payload!['amount'], payload!['method']], [125_000, 'sberpay']);
    assert.equal(place.done('/session/confirm', idOf(payment_id)), 1);
  });

  it('cancels the payment at the provider after no, and no money can be taken', async () => {
    decider.answer = say(false);
    const { payment_id } = await place.create();
    await place.untilStatus(payment_id, 'canceled');
    await until('the close', () => place.system.session(payment_id).status === 'canceled');
    assert.deepEqual(
      [place.done('/session/confirm', idOf(payment_id)), place.done('/session/cancel', idOf(payment_id))],
      [0, 1],
    );
    decider.answer = say(true);
    assert.equal(await place.tell('ready_to_confirm', payment_id), 200);
    assert.equal(decider.askedOf(payment_id).length, 1, 'it is not asked about what is over');
    assert.equal(place.system.session(payment_id).confirmed, false);
  });

  it('asks again after a timeout', async () => {
    const { payment_id } = await place.create();
    await until('a second question', () => decider.askedOf(payment_id).length >= 2);
    assert.equal(place.done('/session/confirm', idOf(payment_id)), 0);
    assert.equal((await place.read(payment_id)).status, 'created');
    decider.answer = say(true);
    await until('the confirmation', () => place.system.session(payment_id).confirmed);
  });

  it('asks again after an error or an invalid response', async () => {
    for (const answer of [
      { status: 500, body: '{"confirm":true}' },
      { status: 302, body: '{"confirm":true}' },
      { status: 204, body: '' },
      { status: 200, body: '' },
      { status: 200, body: 'true' },
      { status: 200, body: '<html>' },
      say('true'),
      say(1),
      { status: 200, body: '{"confirm":' },
    ]) {
      decider.answer = answer;
      const { payment_id } = await place.create();
      await until('the question', () => decider.askedOf(payment_id).length >= 1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(place.system.session(payment_id).confirmed, false, JSON.stringify(answer));
      assert.equal((await place.read(payment_id)).status, 'created');
      const { status } = await place.shop.api(`/payments/${payment_id}/cancel`, { method: 'POST' });
      assert.equal(status, 200);
    }
  });

  it('is sent once, even if the provider asks several times with different dates', async () => {
    decider.answer = say(true);
    const { payment_id } = await place.create();
    const copy = place.system.message('ready_to_confirm', payment_id);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        at % 2 === 0 ? place.system.send(copy) : place.tell('ready_to_confirm', payment_id),
      ),
    );
    assert.deepEqual(new Set(answers), new Set([200]));
    await until('the confirmation', () => place.system.session(payment_id).confirmed);
    for (let late = 0; late < 20; late++) await place.tell('ready_to_confirm', payment_id);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const calls = place.system.calls.filter(
      ({ path, body }) => path === '/api/v1/session/confirm' && body.includes(idOf(payment_id)),
    );
    assert.equal(calls.length, 1);
    assert.equal(decider.askedOf(payment_id).length, 1);
  });
});

describe('the confirmation after a crash', () => {
  const decider = new Decider();
  const system = new SmartGlocalSimulator();
  let companion: CompanionProcess;
  before(async () => {
    await system.listen();
    companion = await CompanionProcess.start({ ...system.env(), SBP_CONFIRM_URL: await decider.listen() });
    system.webhookUrl = `${companion.url}/webhooks/smart-glocal`;
  });
  after(async () => {
    await companion.stop();
    await Promise.all([system.close(), decider.close()]);
  });

  const yes = { status: 200, body: '{"confirm":true}' };
  const confirms = (reference: string) =>
    system.calls.filter(
      ({ path, body }) => path.endsWith('/session/confirm') && body.includes(system.session(reference).id),
    );

  async function restart(): Promise<void> {
    await companion.kill();
    await companion.start();
  }

  it('is sent once if its answer was lost in the crash', async () => {
    decider.onAsked = () => {
      decider.answer = yes;
      system.fault = { kind: 'drop-answer', left: 100 };
    };
    const { payment_id, token } = await companion.client.createPayment({ methods: ['sberpay'] });
    await until('our word', () => confirms(payment_id).length > 0);
    await companion.kill();
    system.fault = null;
    decider.onAsked = () => undefined;
    await companion.start();
    for (let copy = 0; copy < 20; copy++) {
      const message = system.message('ready_to_confirm', payment_id, { dated: copy % 2 === 0 });
      assert.equal(await system.send(message), 200);
    }
    await until('the link', async () => {
      const response = await companion.client.checkout('/session', token);
      const { presentation } = (await response.json()) as { presentation: { kind: string } };
      return presentation.kind === 'link';
    });
    await until('a repeat', () => confirms(payment_id).length > 1);
    const calls = confirms(payment_id);
    assert.equal(calls.filter(({ status }) => status === 200).length, 1);
    const keys = calls.map(({ headers }) => headers['x-partner-idempotency-key']);
    assert.equal(new Set(keys).size, 1, 'whoever asks again asks for the same');
  });

  it('is sent after the start if it was requested before', async () => {
    decider.answer = null;
    const { payment_id } = await companion.client.createPayment({ methods: ['sberpay'] });
    await until('the question', () => decider.askedOf(payment_id).length > 0);
    decider.answer = yes;
    await restart();
    await until('our word', () => system.session(payment_id).confirmed);
    assert.equal(confirms(payment_id).length, 1);
  });
});
