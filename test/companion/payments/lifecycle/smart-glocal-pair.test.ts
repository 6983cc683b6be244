import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SmartGlocalSimulator } from '../../../../demo/simulators/smart-glocal.ts';
import { CompanionProcess } from '../../../support/companion-process.ts';
import type { CreatedPayment } from '../../../support/companion.ts';
import { until } from '../../../support/until.ts';
import { honest, UpstreamProxy, type Trick } from '../../../support/upstream-proxy.ts';

/** The time limit for finding the session again, ms. */

/** How a call fails; `die`: the companion crashes during the call. */
const CUTS: Readonly<Record<string, (die: () => Promise<void>) => Trick>> = {
  'is not heard': () => (_call, response) => response.destroy(),
  'is heard, and its answer lost': () => async (_call, response, pass) => {
    await pass();
    response.destroy();
  },
  'is the last thing before kill -9, and not heard': (die) => die,
  'is heard, and kill -9 comes before its answer': (die) => async (_call, _response, pass) => {
    await pass();
    await die();
  },
};

describe('a session by the pair of calls', () => {
  let system: SmartGlocalSimulator;
  let wire: UpstreamProxy;
  let companion: CompanionProcess;
  before(async () => {
    system = new SmartGlocalSimulator();
    wire = await UpstreamProxy.start(await system.listen());
    companion = await CompanionProcess.start({
      ...system.env(),
      SBP_SMART_GLOCAL_URL: wire.url,
      SBP_SMART_GLOCAL_FLOW: 'create',
    });
    system.webhookUrl = `${companion.url}/webhooks/smart-glocal`;
  });
  after(async () => {
    await companion.stop();
    wire.stop();
    await system.close();
  });

  const create = (order_id: string) =>
    companion.client.api('/payments', {
      json: { order_id, amount: 125_000, methods: ['sberpay'] },
      headers: { 'idempotency-key': order_id },
    });
  const read = async (id: string) =>
    (await (await companion.client.api(`/payments/${id}`)).json()) as CreatedPayment;
  const started = (from: number) =>
    system.calls
      .slice(from)
      .filter(({ path, status }) => path === '/api/v1/session/start/payment' && status === 200).length;

  for (const step of ['/session/create', '/session/start/payment']) {
    for (const [cut, trick] of Object.entries(CUTS)) {
      it(`is found or replaced when ${step} ${cut}, and one can be paid`, async () => {
        const from = system.calls.length;
        const order = `${step} ${cut}`.replaceAll(/[^a-z]+/g, '-');
        const spoiled = trick(() => companion.kill());
        let done = false;
        wire.trick = (call, response, pass) => {
          if (done || !call.path.endsWith(step)) return honest(call, response, pass);
          done = true;
          return spoiled(call, response, pass);
        };
        await create(order).catch(() => null);
        assert.ok(done, 'nothing was cut');
        if (!companion.isAlive) await companion.start();
        const { payment_id } = (await (await create(order)).json()) as CreatedPayment;
        const paid = async (status: string) => (await read(payment_id)).status === status;
        await until(async () => Boolean((await read(payment_id)).qr_payload), 'a link');
        assert.equal(started(from), 1, 'no other session can be paid');
        assert.equal(
          (await read(payment_id)).qr_payload,
          system.session(payment_id).link,
          'and it is the one',
        );
        await system.act(payment_id, 'pay');
        await until(() => paid('paid'), 'the money');
      });
    }
  }
});
