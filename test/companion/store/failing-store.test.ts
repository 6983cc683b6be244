import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { signWebhook } from '../../../src/webhooks/webhooks.ts';
import { ProviderError, type PaymentRef, type Provider } from '../../../src/companion/providers/provider.ts';
import { openStore } from '../../../src/companion/store/store.ts';
import { CompanionProcess } from '../../support/companion-process.ts';
import {
  startCompanion,
  WEBHOOK_SECRET,
  type apiClient,
  type CreatedPayment,
} from '../../support/companion.ts';
import { Pace } from '../../support/pace.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

const DAY_MS = 24 * 3_600_000;
type Client = Pick<ReturnType<typeof apiClient>, 'url' | 'api'>;

async function sendPaid({ url }: Client, id: string, now = Date.now()): Promise<number> {
  const event = 'payment.paid';
  const body = JSON.stringify({ event, payment_id: id, status: 'paid', amount: 125_000, currency: 'RUB' });
  const headers = { ...signWebhook({ event, deliveryId: `d-${id}`, body }, WEBHOOK_SECRET, now) };
  return (await fetch(`${url}/webhooks/sandbox`, { method: 'POST', body, headers })).status;
}

async function stateOf(shop: Client, id: string): Promise<CreatedPayment> {
  return (await (await shop.api(`/payments/${id}`)).json()) as CreatedPayment;
}

async function until(shop: Client, id: string, wanted: (payment: CreatedPayment) => boolean) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const payment = await stateOf(shop, id);
    if (wanted(payment)) return payment;
    assert.ok(Date.now() < deadline, `it stayed ${JSON.stringify(payment)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a store that fails', () => {
  it('acknowledges nothing while the disk takes no byte, and takes it afterwards', async () => {
    const companion = await CompanionProcess.start();
    const { client } = companion;
    // The system's limit on file sizes makes every write fail, as on a full disk.
    const allowBytes = (size: string) => {
      const { status, stderr } = spawnSync('prlimit', [`--pid=${companion.pid}`, `--fsize=${size}`]);
      assert.equal(status, 0, String(stderr));
    };
    try {
      const { payment_id } = await client.createPayment();
      allowBytes('0:unlimited');
      assert.equal(await sendPaid(client, payment_id), 500);
      const refused = await client.api('/payments', { json: { order_id: 'FULL', amount: 1 } });
      assert.equal(refused.status, 500);
      assert.equal((await stateOf(client, payment_id)).status, 'created');
      allowBytes('unlimited:unlimited');
      assert.equal(await sendPaid(client, payment_id), 200);
      assert.equal((await stateOf(client, payment_id)).status, 'paid');
      const page = (await (await client.api('/payments?order_id=FULL')).json()) as { items: unknown[] };
      assert.equal(page.items.length, 0, 'a refused create left something behind');
    } finally {
      await companion.stop();
    }
  });

  it('acknowledges nothing while another process holds the database, and takes it afterwards', async () => {
    const companion = await CompanionProcess.start();
    const { client } = companion;
    try {
      const { payment_id } = await client.createPayment();
      const release = companion.lockData();
      assert.equal(await sendPaid(client, payment_id), 503);
      release();
      assert.equal(await sendPaid(client, payment_id), 200);
      assert.equal((await stateOf(client, payment_id)).status, 'paid');
    } finally {
      await companion.stop();
    }
  });

  it('has one owner, also under another name', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sbp-link-'));
    const store = await openStore(join(directory, 'test.sqlite'));
    await symlink('test.sqlite', join(directory, 'link.sqlite'));
    await assert.rejects(openStore(join(directory, 'link.sqlite')), /in use by another/);
    await store.close();
    await rm(directory, { recursive: true });
  });

  it('does not open a file that is no database', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sbp-corrupt-'));
    const file = join(directory, 'test.sqlite');
    await writeFile(file, 'not a database '.repeat(1000));
    await assert.rejects(openStore(file), /damaged: restore a backup/);
    await rm(directory, { recursive: true });
  });
});

describe('a clock that jumps', () => {
  for (const [name, jump] of Object.entries({ forward: DAY_MS, back: -DAY_MS })) {
    it(`a day ${name} costs no payment`, async () => {
      let skew = 0;
      const now = () => Date.now() + skew;
      const shop = await startCompanion({}, { now });
      try {
        const { payment_id } = await shop.createPayment();
        skew = jump;
        // A new payment makes the reconciler look at open payments.
        await shop.createPayment();
        if (jump > 0) await until(shop, payment_id, ({ status }) => status === 'expired');
        else assert.equal((await stateOf(shop, payment_id)).status, 'created');
        assert.equal(await sendPaid(shop, payment_id, now()), 200);
        skew = 0;
        const { status, late } = await stateOf(shop, payment_id);
        assert.deepEqual({ status, late }, { status: 'paid', late: jump > 0 });
      } finally {
        await shop.stop();
      }
    });
  }
});

describe('a provider that fails', () => {
  const LINK = 'https://qr.nspk.ru/TEST';
  const unavailable = () => Promise.reject(new ProviderError('unavailable', 'no answer'));

  function scripted(script: Partial<Provider>): Provider {
    const report = ({ reference }: PaymentRef) =>
      Promise.resolve({ reference, status: 'created' as const, amount: null, currency: null });
    return {
      capabilities: {
        methods: ['sbp'],
        cancel: true,
        lifetime: 'ours',
        refund: 'partial',
        push: false,
        charge: false,
        webhookTrust: 'signature',
      },
      create: ({ reference }) =>
        Promise.resolve({
          providerPaymentId: reference,
          qrId: reference,
          presentation: { kind: 'link', url: LINK, deep_link: null },
          expiresAt: null,
        }),
      status: report,
      cancel: report,
      refund: () => Promise.resolve({ status: 'succeeded' }),
      parseWebhook: () => assert.fail('no webhook is sent'),
      ...script,
    };
  }

  async function withProvider(script: Partial<Provider>, work: (shop: Client, id: string) => Promise<void>) {
    const shop = await startCompanion({}, { providers: { sandbox: scripted(script) } });
    try {
      await work(shop, (await shop.createPayment({ expires_in: 3 })).payment_id);
    } finally {
      await shop.stop();
    }
  }

  it('by being down leaves the payment pending, and its link comes under the same reference', async () => {
    const references: string[] = [];
    const create: Provider['create'] = (request) => {
      references.push(request.reference);
      return references.length === 1 ? unavailable() : scripted({}).create(request);
    };
    await withProvider({ create }, async (shop, id) => {
      assert.equal((await stateOf(shop, id)).qr_payload, null);
      const pace = Pace.start();
      const asked = Date.now();
      await until(shop, id, ({ qr_payload }) => qr_payload === LINK);
      assert.ok(Date.now() - asked < pace.stretch(6_000), 'the next call to the provider came late');
      assert.deepEqual([...new Set(references)], [id]);
    });
  });

  it('by being slow is waited for', async () => {
    const create: Provider['create'] = async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return scripted({}).create(request);
    };
    await withProvider({ create }, async (shop, id) => {
      assert.equal((await stateOf(shop, id)).qr_payload, LINK);
    });
  });

  it('by not answering at the end of the time has no payment given up', async () => {
    let down = true;
    const status: Provider['status'] = ({ reference }) =>
      down ? unavailable() : Promise.resolve({ reference, status: 'paid', amount: 125_000, currency: 'RUB' });
    await withProvider({ status }, async (shop, id) => {
      await new Promise((resolve) => setTimeout(resolve, 3_500));
      assert.equal((await stateOf(shop, id)).status, 'created');
      down = false;
      await until(shop, id, (payment) => payment.status === 'paid');
    });
  });

  it('by talking nonsense changes no money', async () => {
    const status: Provider['status'] = ({ reference }) =>
      Promise.resolve({ reference, status: 'paid', amount: 1, currency: 'USD' });
    await withProvider({ status }, async (shop, id) => {
      const { status: end } = await until(shop, id, (payment) => payment.status !== 'created');
      assert.equal(end, 'expired');
    });
  });
});
