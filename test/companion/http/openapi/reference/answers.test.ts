import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import {
  documentedTable,
  namesIn,
  webhookChapter,
  wordsIn,
  type Table,
} from '../../../../support/api-doc.ts';
import { bankReport } from '../../../../support/bank-report.ts';
import { startCompanion, type CreatedPayment, type TestCompanion } from '../../../../support/companion.ts';
import { pathsOfValue } from '../../../../support/field-paths.ts';
import { MerchantServer } from '../../../../support/merchant-server.ts';
import { ScriptedProvider } from '../../../../support/scripted-provider.ts';
import { until } from '../../../../support/until.ts';

const ANDROID =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36';
const OPAQUE = ['metadata'];
const RESOLVE = 'post /api/sbp/v1/payments/{payment_id}/attention/{attention_id}/resolve';

type Json = Record<string, unknown>;

let shop: TestCompanion;
let merchant: MerchantServer;
before(async () => {
  [shop, merchant] = await Promise.all([startCompanion(), MerchantServer.open()]);
});
after(() => Promise.all([shop.stop(), merchant.close()]));

const json = async (response: Promise<Response>) => (await (await response).json()) as Json;
const paymentOf = (id: string) => json(shop.api(`/payments/${id}`));
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();
const pathsOf = (...answers: unknown[]) =>
  sorted(answers.flatMap((answer) => pathsOfValue(answer, OPAQUE))).filter((path) => path !== '');
const rowOf = (table: Table, name: string) => table.rows.find(({ names }) => names.includes(name))!;
const payer = (path: string, token: string, headers: Record<string, string> = {}) =>
  json(shop.checkout(path, token, headers));

async function paymentThat(...actions: string[]): Promise<CreatedPayment> {
  const payment = await shop.createPayment({ callback_url: merchant.url, metadata: { a: 1 } });
  for (const action of actions) assert.equal((await shop.sandbox(payment.payment_id, action)).status, 200);
  return payment;
}

/** Creates a paid payment that its bank then reports as failed. */
async function doubted(): Promise<CreatedPayment> {
  const payment = await paymentThat('pay');
  await bankReport(shop.url, { payment_id: payment.payment_id, status: 'failed' });
  return payment;
}

async function resolveAll(paymentId: string, outcome: string): Promise<Json[]> {
  const open = (await paymentOf(paymentId))['attention'] as { attention_id: string }[];
  const resolve = (id: string) =>
    json(shop.api(`/payments/${paymentId}/attention/${id}/resolve`, { json: { outcome } }));
  return Promise.all(open.map(({ attention_id }) => resolve(attention_id)));
}

async function renewed(): Promise<CreatedPayment> {
  const payment = await paymentThat('expire');
  const headers = { authorization: `Bearer ${payment.token}` };
  const answer = await fetch(`${shop.url}/checkout/v1/session/renew`, { method: 'POST', headers });
  assert.equal(answer.status, 200);
  return payment;
}

/** Changes the sandbox bank's database without a webhook, as if the webhook was lost or never sent. */
function changeTheBanksBooks(reference: string, status: string, amount = 125_000): void {
  const books = new DatabaseSync(shop.databaseFile, { timeout: 5_000 });
  books
    .prepare('UPDATE sandbox_payments SET status = ?, amount = ? WHERE reference = ?')
    .run(status, amount, reference);
  books.close();
}

/** Returns a form for the payer to submit, as some acquirers do. */
class FormProvider extends ScriptedProvider {
  override async create(request: Parameters<ScriptedProvider['create']>[0]) {
    const field = { type: 'hidden', name: 'amount', value: '1' };
    const action = 'https://acquirer.example.ru/pay';
    const form = { kind: 'form' as const, action, http_method: 'POST', fields: [field], iframe: false };
    return { ...(await super.create(request)), presentation: form } as never;
  }
}

describe('every documented answer field is really there, and no other', () => {
  it('in a payment', async () => {
    const table = documentedTable('post /api/sbp/v1/payments', 'response');
    const svg = await shop.createPayment({ metadata: { a: 1 } });
    const png = await shop.createPayment({ qr: { format: 'png' }, features: { deep_link: true } });
    assert.deepEqual(pathsOf(svg, png), sorted(namesIn(table)));
    assert.equal('qr_png' in svg || 'deep_link' in svg || 'qr_svg' in png, false);
    const later = await paymentOf(svg.payment_id);
    const { events, attention, ...payment } = later;
    const { qr_svg, fallback_html, ...created } = svg;
    assert.deepEqual(payment, created);
    assert.ok(qr_svg && fallback_html && events);
    assert.deepEqual(attention, []);
    const { items } = (await json(shop.api('/payments'))) as { items: Json[] };
    assert.deepEqual(items.at(-1), created);
  });

  it('in an event', async () => {
    const { payment_id } = await doubted();
    await resolveAll(payment_id, 'money_in');
    const { events } = await paymentOf(payment_id);
    const table = documentedTable('get /api/sbp/v1/payments/{payment_id}', 'events[]');
    const shown = pathsOf(...(events as Json[])).filter((path) => path !== 'attention');
    assert.deepEqual(shown, sorted(namesIn(table)));
  });

  it('in an attention, open and resolved', async () => {
    const { payment_id } = await doubted();
    const open = (await paymentOf(payment_id))['attention'] as Json[];
    const listed = (await json(shop.api('/payments?attention=true&limit=1')))['items'] as Json[];
    assert.deepEqual([listed[0]!['payment_id'], listed[0]!['attention']], [payment_id, open]);
    const table = documentedTable('get /api/sbp/v1/payments/{payment_id}', 'attention[]');
    assert.deepEqual(pathsOf(...open), sorted(namesIn(table)));
    const [resolved] = await resolveAll(payment_id, 'money_in');
    const own = documentedTable(RESOLVE, 'response');
    assert.deepEqual(pathsOf(resolved), sorted([...namesIn(table), ...namesIn(own)]));
  });

  it('in a refund', async () => {
    const { payment_id } = await paymentThat('pay');
    const refund = await json(shop.api('/refunds', { json: { payment_id } }));
    const table = documentedTable('post /api/sbp/v1/refunds', 'response');
    assert.deepEqual(pathsOf(refund), sorted(namesIn(table)));
    assert.deepEqual(await json(shop.api(`/refunds/${String(refund['refund_id'])}`)), refund);
  });

  it('in a delivery', async () => {
    const delivery = await json(shop.api('/test/webhook', { json: { callback_url: merchant.url } }));
    const table = documentedTable('get /api/sbp/v1/deliveries', 'items[]');
    assert.deepEqual(pathsOf(delivery), sorted(namesIn(table)));
    const { items } = (await json(shop.api('/deliveries'))) as { items: Json[] };
    assert.deepEqual(pathsOf(...items), sorted(namesIn(table)));
    const path = `/deliveries/${String(delivery['delivery_id'])}/redeliver`;
    assert.deepEqual(pathsOf(await json(shop.api(path, { method: 'POST' }))), sorted(namesIn(table)));
  });

  it('in a snapshot', async () => {
    const scan = await shop.createPayment({ methods: ['buyer_qr'] });
    const posting = await startCompanion({}, { providers: { sandbox: new FormProvider() } });
    const form = await posting.createPayment();
    const snapshots = [
      await payer('/session', (await paymentThat()).token),
      await payer('/session', scan.token),
      await json(posting.checkout('/session', form.token)),
    ];
    await posting.stop();
    const table = documentedTable('get /checkout/v1/session', 'response');
    assert.deepEqual(pathsOf(...snapshots), sorted(namesIn(table)));
  });

  it('in both lists of banks', async () => {
    const lists = await Promise.all(
      ['ios', 'android', 'desktop'].map((platform) => json(shop.api(`/banks?platform=${platform}`))),
    );
    const merchants = documentedTable('get /api/sbp/v1/banks', 'response');
    assert.deepEqual(pathsOf(...lists), sorted(namesIn(merchants)));
    const { token } = await paymentThat();
    const payers = documentedTable('get /checkout/v1/session/banks', 'response');
    const list = await payer('/session/banks', token, { 'user-agent': ANDROID });
    assert.deepEqual(pathsOf(list), sorted(namesIn(payers)));
    const links = (list['banks'] as { links: { kind: string }[] }[]).flatMap((bank) => bank.links);
    const nspk = await startCompanion({ SBP_SANDBOX_LINK: 'nspk' });
    const payment = await nspk.createPayment();
    const response = await nspk.checkout('/session/banks', payment.token, { 'user-agent': ANDROID });
    const more = ((await response.json()) as { banks: { links: { kind: string }[] }[] }).banks;
    await nspk.stop();
    assert.deepEqual(
      sorted([...links, ...more.flatMap((bank) => bank.links)].map(({ kind }) => kind)),
      sorted(wordsIn(rowOf(payers, 'banks[].links[].kind').cells[1]!)),
    );
  });
});

describe('every documented status is reached, and no other', () => {
  it('of a payment', async () => {
    const statuses = wordsIn(
      rowOf(documentedTable('post /api/sbp/v1/payments', 'response'), 'status').cells[1]!,
    );
    const ways: Record<string, () => Promise<CreatedPayment>> = {
      created: () => paymentThat(),
      processing: () => paymentThat('process'),
      paid: () => paymentThat('process', 'pay'),
      failed: () => paymentThat('decline'),
      expired: () => paymentThat('expire'),
      canceled: async () => {
        const payment = await paymentThat();
        await shop.api(`/payments/${payment.payment_id}/cancel`, { method: 'POST' });
        return payment;
      },
      partial_refunded: async () => {
        const payment = await paymentThat('pay');
        await shop.api('/refunds', { json: { payment_id: payment.payment_id, amount: 1 } });
        return payment;
      },
      refunded: async () => {
        const payment = await paymentThat('pay');
        await shop.api('/refunds', { json: { payment_id: payment.payment_id } });
        return payment;
      },
    };
    assert.deepEqual(sorted(Object.keys(ways)), sorted(statuses));
    for (const [status, reach] of Object.entries(ways)) {
      const { payment_id, token } = await reach();
      assert.equal((await paymentOf(payment_id))['status'], status);
      assert.equal((await payer('/session', token))['status'], status);
      const { items } = (await json(shop.api(`/payments?status=${status}&limit=1`))) as { items: Json[] };
      assert.deepEqual([items[0]!['payment_id'], items[0]!['status']], [payment_id, status]);
    }
  });

  it('of an event: each note, for money and words that are not simply taken', async () => {
    const say = (payment_id: string, status: string, more: Json = {}) =>
      bankReport(shop.url, { payment_id, status, ...more });
    /** Pays a payment twice. The refund of the second charge succeeds, or fails if `inTheBooks` is too small. */
    const paidTwice = async (inTheBooks: number) => {
      const { payment_id } = await renewed();
      changeTheBanksBooks(payment_id, 'paid');
      await say(payment_id, 'paid');
      changeTheBanksBooks(`${payment_id}-2`, 'paid', inTheBooks);
      await say(`${payment_id}-2`, 'paid');
      await until(async () => {
        const { events } = await paymentOf(payment_id);
        return (events as Json[]).some(({ note }) => String(note).startsWith('duplicate'));
      }, 'the refund');
      return payment_id;
    };
    const ways: Record<string, () => Promise<string>> = {
      unchanged: async () => {
        const { payment_id } = await paymentThat('pay');
        await say(payment_id, 'processing');
        return payment_id;
      },
      unknown_status: async () => {
        const { payment_id } = await paymentThat();
        await say(payment_id, 'meditating');
        return payment_id;
      },
      amount_mismatch: async () => {
        const { payment_id } = await paymentThat();
        await say(payment_id, 'paid', { amount: 124_999 });
        return payment_id;
      },
      amount_missing: async () => {
        const { payment_id } = await paymentThat();
        await say(payment_id, 'paid', { amount: undefined });
        return payment_id;
      },
      replaced_attempt: async () => {
        const { payment_id } = await renewed();
        await say(payment_id, 'failed');
        return payment_id;
      },
      paid_twice: async () => {
        const { payment_id } = await renewed();
        await say(payment_id, 'paid');
        await say(`${payment_id}-2`, 'paid');
        return payment_id;
      },
      duplicate_refund_succeeded: () => paidTwice(125_000),
      // The bank's books have less money than the refund needs.
      duplicate_refund_failed: () => paidTwice(1),
      paid_contradicted: async () => (await doubted()).payment_id,
      attention_resolved: async () => {
        const { payment_id } = await doubted();
        await resolveAll(payment_id, 'money_in');
        return payment_id;
      },
      paid_after_failure: async () => {
        const { payment_id } = await paymentThat('decline');
        await say(payment_id, 'paid');
        return payment_id;
      },
    };
    const table = documentedTable('get /api/sbp/v1/payments/{payment_id}', 'note');
    assert.deepEqual(sorted(Object.keys(ways)), sorted(namesIn(table)));
    for (const [note, reach] of Object.entries(ways)) {
      const { events } = await paymentOf(await reach());
      const noted = (events as Json[]).filter((event) => event['note'] === note);
      assert.equal(noted.length, 1, note);
      assert.equal(noted[0]!['status'], noted[0]!['status_before'], note);
    }
  });

  it('of a refund and of a delivery', async () => {
    const { payment_id } = await paymentThat('pay');
    const refund = async () =>
      (await json(shop.api('/refunds', { json: { payment_id, amount: 1 } })))['status'];
    const deliveries = async (from: TestCompanion) => {
      const { items } = (await json(from.api('/deliveries'))) as { items: { status: string }[] };
      return items.map(({ status }) => status);
    };
    const refunds = [await refund()];
    changeTheBanksBooks(payment_id, 'expired');
    refunds.push(await refund());
    await until(async () => (await deliveries(shop)).includes('delivered'), 'a delivered webhook');

    let ahead = 0;
    const provider = new ScriptedProvider();
    const other = await startCompanion(
      {},
      { now: () => Date.now() + ahead, providers: { sandbox: provider } },
    );
    try {
      const payment = await other.createPayment();
      provider.created.get(payment.payment_id)!.status = 'paid';
      await other.api(`/payments/${payment.payment_id}/cancel`, { method: 'POST' });
      provider.down = 'before';
      const slow = await other.api('/refunds', { json: { payment_id: payment.payment_id } });
      refunds.push(((await slow.json()) as Json)['status']);
      const test = () => other.api('/test/webhook', { json: { callback_url: 'http://127.0.0.1:9/' } });
      await test();
      await until(() => other.logs().includes('webhook not delivered'), 'a first attempt');
      assert.deepEqual(await deliveries(other), ['pending']);
      ahead = 25 * 3_600_000;
      await test();
      await until(async () => (await deliveries(other)).includes('given_up'), 'a delivery given up');
    } finally {
      await other.stop();
    }
    const statusesOf = (operation: string, of: string) =>
      sorted(wordsIn(rowOf(documentedTable(operation, of), 'status').cells[1]!));
    assert.deepEqual(sorted(refunds as string[]), statusesOf('post /api/sbp/v1/refunds', 'response'));
    const seen = [...(await deliveries(shop)), 'pending', 'given_up'];
    assert.deepEqual(sorted(seen), statusesOf('get /api/sbp/v1/deliveries', 'items[]'));
  });
});

describe('every documented webhook is sent, and no other', () => {
  it('with the fields of the example, and a refund’s own', async () => {
    const [documented] = /^Events: .*`\.$/m.exec(webhookChapter)!;
    await paymentThat('process');
    const odd = await paymentThat();
    await bankReport(shop.url, { payment_id: odd.payment_id, status: 'paid', amount: 1 });
    await paymentThat('decline');
    await paymentThat('expire');
    const canceled = await paymentThat();
    await shop.api(`/payments/${canceled.payment_id}/cancel`, { method: 'POST' });
    const { payment_id } = await paymentThat('pay');
    await shop.api('/refunds', { json: { payment_id, amount: 5 } });
    changeTheBanksBooks(payment_id, 'expired');
    await shop.api('/refunds', { json: { payment_id, amount: 5 } });
    await resolveAll((await doubted()).payment_id, 'money_out');
    const inPart = await paymentThat('pay');
    await bankReport(shop.url, { payment_id: inPart.payment_id, status: 'partial_refunded' });
    const received = () => [...merchant.received.values()];
    const payloadOf = (name: string) =>
      received().find(({ event, payload }) => event === name && payload['payment_id'] === payment_id)
        ?.payload;
    const wanted = sorted([...wordsIn(documented), 'test']);
    const events = () => sorted(received().map(({ event }) => event));
    await until(() => events().length >= wanted.length && payloadOf('refund.failed') !== undefined, 'all');
    assert.deepEqual(events(), wanted);

    const example = JSON.parse(/```json\n([^`]+)```/.exec(webhookChapter)![1]!) as Json;
    assert.deepEqual(pathsOf(payloadOf('payment.paid')), pathsOf(example));
    const ofPaymentOnly = ['late', 'paid_at'];
    assert.deepEqual(
      pathsOf(payloadOf('refund.succeeded')),
      sorted([
        ...pathsOf(example).filter((name) => !ofPaymentOnly.includes(name)),
        ...['failure_reason', 'refund_id', 'payment_status', 'refunded_amount'],
      ]),
    );
    for (const name of ['refund_id', 'payment_status', 'refunded_amount', ...ofPaymentOnly]) {
      assert.ok(webhookChapter.includes(`\`${name}\``), `${name} is documented`);
    }
  });
});
