import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import { SampledLog } from '../../../src/companion/lib/sampled-log.ts';
import { ProviderError } from '../../../src/companion/providers/provider.ts';
import { NoUsableResponse } from '../../../src/companion/providers/provider-http.ts';
import { Ledger } from '../../support/ledger.ts';
import { ScriptedProvider } from '../../support/scripted-provider.ts';
import { startCompanion, type TestCompanion } from '../../support/companion.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { until } from '../../support/until.ts';

interface Line {
  readonly level: number;
  readonly msg: string;
}

function lines(shop: TestCompanion, level: 'info' | 'warn', words: RegExp): Line[] {
  return shop
    .logs()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.level === (level === 'warn' ? 40 : 30) && words.test(line.msg));
}

describe('what fails again and again', () => {
  it('warns once of a shop’s server that is away, however many webhooks wait, and tells its end', async (t) => {
    let ahead = 0;
    const shop = await startCompanion({}, { now: () => Date.now() + ahead });
    t.after(() => shop.stop());
    let answer = 503;
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(answer).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const callback_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const tries = () => lines(shop, 'info', /webhook not delivered/).length + warned().length;
    const warned = () => lines(shop, 'warn', /not delivered/);
    const payments = await Promise.all([1, 2, 3].map(() => shop.createPayment({ callback_url })));
    for (const { payment_id } of payments) await shop.sandbox(payment_id, 'pay');
    await until(() => tries() >= 3, 'the first tries', PATIENCE_MS);
    assert.equal(warned().length, 0, 'a try in vain is nobody’s to look at');
    for (let round = 0; round < 4; round++) {
      const before = tries();
      ahead += 20 * 60_000;
      // A new message makes the outbox look for due work.
      const { payment_id } = await shop.createPayment({ callback_url });
      await shop.sandbox(payment_id, 'pay');
      await until(() => tries() >= before + 4, 'all that waits tried again', PATIENCE_MS);
    }
    assert.equal(warned().length, 1);
    answer = 200;
    const { payment_id } = await shop.createPayment({ callback_url });
    await shop.sandbox(payment_id, 'pay');
    await until(() => lines(shop, 'info', /delivered again/).length === 1, 'the end of it told', PATIENCE_MS);
  });

  it('warns once of a provider that does not answer, and tells when it does', async (t) => {
    const provider = new ScriptedProvider();
    const create = provider.create.bind(provider);
    const shop = await startCompanion({}, { providers: { sandbox: provider } });
    t.after(() => shop.stop());
    provider.create = () => Promise.reject(new NoUsableResponse('silent', false));
    for (let n = 0; n < 20; n++) await shop.api('/payments', { json: { order_id: 'A', amount: 10_000 } });
    assert.equal(lines(shop, 'warn', /provider outage/).length, 1);
    assert.equal(lines(shop, 'warn', /job (has )?failed/).length, 0);
    provider.create = create;
    const answers = async () => {
      await shop.api('/payments', { json: { order_id: 'B', amount: 10_000 } });
      return lines(shop, 'info', /provider reachable again/).length > 0;
    };
    await until(answers, 'the end of it told', PATIENCE_MS);
    assert.equal(lines(shop, 'warn', /provider outage/).length, 1);
    assert.equal(lines(shop, 'info', /provider reachable again/).length, 1);
  });

  it('warns of a job only when it has failed for minutes, in one line', async (t) => {
    const ledger = await Ledger.open();
    t.after(() => ledger.close());
    const written: Line[] = [];
    const log = pino({}, { write: (line: string) => void written.push(JSON.parse(line) as Line) });
    const sampledLog = new SampledLog(log);
    t.after(() => sampledLog.close());
    Object.assign(ledger.ctx, { log, sampledLog });
    const count = (level: number, words: RegExp) =>
      written.filter((line) => line.level === level && words.test(line.msg)).length;
    for (let n = 0; n < 3; n++) await ledger.createPayment();
    const status = ledger.provider.status.bind(ledger.provider);
    ledger.provider.status = () => Promise.reject(new ProviderError('unavailable', 'down'));
    for (let minute = 0; minute < 4; minute++) {
      ledger.time += 60_000;
      await ledger.look();
    }
    assert.ok(count(30, /job failed, will retry/) >= 6);
    assert.equal(count(40, /job (has )?failed/), 0);
    for (let minute = 0; minute < 30; minute++) {
      ledger.time += 60_000;
      await ledger.look();
    }
    assert.equal(count(40, /job has failed for minutes, will retry/), 1);
    ledger.provider.status = status;
    ledger.time += 3_600_000;
    await ledger.look();
    assert.equal(count(30, /job works again/), 3);
  });
});
