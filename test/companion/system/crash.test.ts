import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CompanionProcess } from '../../support/companion-process.ts';
import type { CreatedPayment } from '../../support/companion.ts';
import { Pace } from '../../support/pace.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { until } from '../../support/until.ts';

describe('work that a crash cuts off', () => {
  it('is a create: its repeat under the same key is the same payment', async () => {
    const companion = await CompanionProcess.start();
    const { client } = companion;
    try {
      for (let round = 0; round < 4; round++) {
        const body = { order_id: `CUT-${round}`, amount: 100 };
        const call = () =>
          client.api('/payments', { json: body, headers: { 'idempotency-key': `cut-${round}` } });
        const first = call().catch(() => null);
        await new Promise((resolve) => setTimeout(resolve, round * 4));
        await companion.kill();
        await first;
        await companion.start();
        const again = await call();
        assert.equal(again.status, 201);
        const payment = (await again.json()) as CreatedPayment;
        assert.ok(payment.qr_payload, 'it has its link');
        const page = (await (await client.api(`/payments?order_id=CUT-${round}`)).json()) as {
          items: unknown[];
        };
        assert.equal(page.items.length, 1);
      }
    } finally {
      await companion.stop();
    }
  });

  it('is a slow payment: it is finished after the restart', async () => {
    const companion = await CompanionProcess.start();
    const { client } = companion;
    try {
      const { payment_id, qr_payload } = await client.createPayment();
      await fetch(qr_payload, {
        method: 'POST',
        body: new URLSearchParams({ action: 'process_then_pay' }),
        redirect: 'manual',
      });
      await companion.kill();
      await companion.start();
      await until(async () => {
        const payment = (await (await client.api(`/payments/${payment_id}`)).json()) as CreatedPayment;
        return payment.status === 'paid';
      }, 'the money');
    } finally {
      await companion.stop();
    }
  });
});

describe('SIGTERM', () => {
  it('answers the call under way and does not wait for its connection to be dropped', async () => {
    const companion = await CompanionProcess.start();
    const call = companion.client.createPayment();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const pace = Pace.start();
    const started = Date.now();
    const stopped = companion.stop();
    await call.catch(() => null); // the kernel may not have delivered the call yet: then nothing was promised
    await stopped;
    const tookMs = Date.now() - started;
    assert.ok(tookMs < pace.stretch(2_000), `${tookMs} ms`);
  });
});

describe('sbp-checkout', () => {
  const cli = (args: string[], env: Record<string, string>) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../../../src/companion/cli/main.ts'), ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      encoding: 'utf8',
      timeout: PATIENCE_MS,
    });

  it('names every mistake of its configuration and exits non-zero', () => {
    const { status, stderr, stdout } = cli(['serve'], { SBP_PORT: 'eighty', SBP_LOG_LEVEL: 'loud' });
    assert.equal(status, 1);
    for (const name of [
      'SBP_PORT',
      'SBP_LOG_LEVEL',
      'SBP_API_KEY',
      'SBP_TOKEN_SECRET',
      'SBP_WEBHOOK_SECRET',
    ]) {
      assert.ok(stderr.includes(name), `${name} is not named`);
    }
    assert.equal(stdout, '');
    assert.equal(stderr.includes('    at '), false, 'a stack trace helps nobody here');
  });

  it('ends when its address is taken, instead of working on unseen', async () => {
    const companion = await CompanionProcess.start();
    const directory = mkdtempSync(join(tmpdir(), 'sbp-taken-'));
    try {
      const env = {
        NODE_ENV: 'development',
        SBP_PORT: String(companion.port),
        SBP_DATABASE_URL: `file:${directory}/taken.sqlite`,
      };
      const { status, stderr } = cli(['serve'], env);
      assert.equal(status, 1);
      assert.match(stderr, /^SBP_PORT: .*EADDRINUSE/m);
      assert.equal(stderr.includes('    at '), false);
    } finally {
      await companion.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('explains itself', () => {
    assert.match(cli(['--help'], {}).stdout, /sbp-checkout serve/);
    assert.equal(cli(['launch'], {}).status, 2);
  });
});
