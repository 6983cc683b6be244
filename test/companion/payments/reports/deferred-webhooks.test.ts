import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { chargeBuyerQr } from '../../../../src/companion/payments/lifecycle/charge-buyer-qr.ts';
import { ProviderError } from '../../../../src/companion/providers/provider.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let ledger: Ledger;
beforeEach(async () => {
  ledger = await Ledger.open();
});
afterEach(() => ledger.close());

const unavailable = () => Promise.reject(new ProviderError('unavailable', 'down'));

async function wait(ms: number, step: number): Promise<void> {
  for (const end = ledger.time + ms; ledger.time < end;) {
    ledger.time = Math.min(end, ledger.time + step);
    await ledger.look();
  }
}

describe('a webhook that needs confirmation', () => {
  const CONFIRMED = { status: 'paid', amount: AMOUNT, currency: 'RUB' } as const;

  /** Defers an unconfirmed webhook. Nothing else polls its payment. */
  async function setAside(): Promise<string> {
    Object.assign(ledger.provider, {
      capabilities: { ...ledger.provider.capabilities, webhookTrust: 'confirm-by-status' },
    });
    const { id } = await ledger.createPayment();
    assert.equal(await ledger.tell(id, 'refunded'), 'premature');
    await ledger.ctx.store.write((trx) => trx.updateTable('payments').set({ nextCheckAt: null }).execute());
    return id;
  }

  it('is confirmed after three days without an answer from the provider', async () => {
    const id = await setAside();
    ledger.provider.status = unavailable;
    await wait(3 * DAY_MS, HOUR_MS);
    ledger.provider.status = ({ reference }) => Promise.resolve({ reference, ...CONFIRMED });
    await wait(8 * HOUR_MS, HOUR_MS);
    assert.equal((await ledger.paymentOf(id)).status, 'paid');
  });

  it('is given up when a missing answer counts as a retry (the control)', async () => {
    const id = await setAside();
    ledger.provider.status = () => Promise.reject(new ProviderError('refused', 'no such thing'));
    await wait(3 * DAY_MS, HOUR_MS);
    ledger.provider.status = ({ reference }) => Promise.resolve({ reference, ...CONFIRMED });
    await wait(8 * HOUR_MS, HOUR_MS);
    assert.notEqual((await ledger.paymentOf(id)).status, 'paid');
  });

  it('is not given up while the clock is 400 days ahead for a minute', async () => {
    const id = await setAside();
    ledger.provider.status = unavailable;
    Object.assign(ledger.ctx, { clock: { isReliable: () => false, reliableInMs: () => 600_000 } });
    ledger.time += 400 * DAY_MS;
    await ledger.look();
    ledger.time -= 400 * DAY_MS;
    await ledger.look();
    ledger.provider.status = ({ reference }) => Promise.resolve({ reference, ...CONFIRMED });
    await wait(8 * HOUR_MS, HOUR_MS);
    assert.equal((await ledger.paymentOf(id)).status, 'paid');
  });

  it('is retried at growing intervals, and not after 30 days', async () => {
    await setAside();
    let asked = 0;
    ledger.provider.status = () => {
      asked++;
      return unavailable();
    };
    await wait(DAY_MS, 5 * MINUTE_MS);
    assert.ok(asked > 5 && asked < 60, `asked ${asked} times in a day`);
    await wait(31 * DAY_MS, 6 * HOUR_MS);
    asked = 0;
    await wait(10 * DAY_MS, 6 * HOUR_MS);
    assert.equal(asked, 0);
  });
});

describe('a scanned code with an unknown result', () => {
  it('is not replaced after the first answers that follow an outage', async () => {
    const create = ledger.provider.create.bind(ledger.provider);
    Object.assign(ledger.provider, {
      capabilities: {
        ...ledger.provider.capabilities,
        methods: ['buyer_qr'],
        charge: true,
        webhookTrust: 'none',
      },
      create: async (request: Parameters<typeof create>[0]) => ({
        ...(await create(request)),
        presentation: { kind: 'scan' },
      }),
      charge: unavailable,
      status: unavailable,
    });
    const { id } = await ledger.createPayment({ methods: ['buyer_qr'] });
    await chargeBuyerQr(ledger.ctx, id, 'code');
    await wait(5 * MINUTE_MS, 1_000);
    // The provider is back, but its records are not up to date yet.
    const { provider } = ledger;
    Object.assign(provider, {
      charge: () => Promise.reject(new ProviderError('refused', 'the code was used')),
      status: ({ reference }: { reference: string }) =>
        Promise.resolve({ reference, status: 'created', amount: null, currency: null }),
    });
    await wait(MINUTE_MS, 1_000);
    assert.equal((await ledger.paymentOf(id)).reference, id, 'a few answers are not believed');
    await wait(3 * MINUTE_MS, 1_000);
    assert.equal((await ledger.paymentOf(id)).reference, `${id}-2`, 'many are');
  });
});
