import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Fault, Simulator } from '../../demo/simulators/simulator.ts';
import type { CompanionOptions } from '../../src/companion/companion.ts';
import type { Capabilities } from '../../src/companion/providers/provider.ts';
import type { Method, Snapshot } from '../../src/protocol/snapshot.ts';
import type { PaymentStatus } from '../../src/protocol/status.ts';
import { freePort, startCompanion, type CreatedPayment, type TestCompanion } from './companion.ts';
import { MerchantServer } from './merchant-server.ts';
import { PATIENCE_MS } from './patience.ts';

/** A provider, or a variant of it, with the system it calls. */
export interface Subject {
  readonly name: string;
  readonly method: Method;
  readonly capabilities: Pick<Capabilities, 'refund' | 'cancel' | 'webhookTrust'>;
  readonly presentation: 'link' | 'form' | 'scan';
  /** The status of an expired payment at the payment system. Defaults to `expired`. */
  readonly overdue?: PaymentStatus;
  /** The details that this provider requires of a payment. */
  readonly fields?: Record<string, unknown>;
  /** Returns a new system that does not listen yet. */
  readonly simulator: () => Simulator;
  /** The code that makes a payer pay, if the seller scans one. */
  readonly code?: string;
  /** Called with the companion's address, for systems that have it from a cabinet instead of each call. */
  readonly connect?: (simulator: Simulator, companionUrl: string) => void;
  /** For a provider that is not in the registry. */
  readonly providers?: (
    simulator: Simulator,
    companionUrl: string,
  ) => NonNullable<CompanionOptions['providers']>;
}

interface Shown extends CreatedPayment {
  readonly late: boolean;
  readonly refunded_amount: number;
  readonly attention: readonly {
    readonly attention_id: string;
    readonly reason: string;
    readonly reported_amount: number | null;
  }[];
  readonly events: readonly { event: string; note: string | null; status: string; status_before: string }[];
}

const AMOUNT = 125_000;
const UNANSWERED: readonly Fault[] = ['hang-up', 'page', 'status-500', 'status-429', 'half-answer'];

/**
 * The requirements for every provider, independent of its wire format. Runs against the real companion over HTTP, with
 * a simulated system that is strict and misbehaves on demand.
 */
export function describeConformance(subject: Subject): void {
  const { overdue = 'expired' } = subject;
  // Runs one test at a time, even when several providers run in parallel: the tests of a provider share a system.
  describe(`${subject.name} conforms`, { concurrency: 1 }, () => {
    let system: Simulator;
    let shop: TestCompanion;
    let merchant: MerchantServer;

    before(async () => {
      merchant = await MerchantServer.open();
      system = subject.simulator();
      await system.listen();
      const port = String(await freePort());
      const providers = subject.providers?.(system, `http://127.0.0.1:${port}`);
      shop = await startCompanion({ ...system.env(), SBP_PORT: port }, providers ? { providers } : {});
      subject.connect?.(system, shop.url);
    });
    after(async () => {
      await shop.stop();
      await system.close();
      await merchant.close();
    });

    const create = (fields: Record<string, unknown> = {}) =>
      shop.createPayment({
        amount: AMOUNT,
        methods: [subject.method],
        callback_url: merchant.url,
        ...subject.fields,
        ...fields,
      });
    const read = async (id: string) => (await (await shop.api(`/payments/${id}`)).json()) as Shown;
    const session = async (token: string) =>
      (await (await shop.checkout('/session', token)).json()) as Snapshot;
    const told = (id: string) =>
      [...merchant.received.values()].filter(({ payload }) => payload['payment_id'] === id);

    async function until<T>(what: string, look: () => Promise<T | false> | T | false): Promise<T> {
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const found = await look();
        if (found !== false) return found;
        assert.ok(Date.now() < deadline, `in vain: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }
    const untilStatus = (id: string, status: string) =>
      until(`${id} ${status}`, async () => {
        const payment = await read(id);
        return payment.status === status && payment;
      });

    /** Waits until the payer can pay: the link exists, or the code is scanned. */
    async function offered({ payment_id, token }: CreatedPayment): Promise<string> {
      const shown = await until('an offer', async () => {
        const snapshot = await session(token);
        return snapshot.presentation.kind !== 'pending' && snapshot;
      });
      assert.equal(shown.presentation.kind, subject.presentation);
      if (subject.presentation === 'scan') await scan(token);
      return billOf(payment_id);
    }

    async function scan(token: string): Promise<void> {
      const response = await fetch(`${shop.url}/checkout/v1/session/buyer-qr`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ payload: subject.code }),
      });
      assert.equal(response.status, 200, await response.text());
    }

    /** Returns the only bill that the system has for the payment. */
    function billOf(paymentId: string): string {
      const own = [...system.bills.keys()].filter((reference) => reference.startsWith(paymentId));
      assert.equal(own.length, 1, 'one payment at the provider');
      return own[0]!;
    }

    async function paid(fields: Record<string, unknown> = {}): Promise<{ id: string; bill: string }> {
      const payment = await create(fields);
      const bill = await offered(payment);
      await system.act(bill, 'pay');
      await untilStatus(payment.payment_id, 'paid');
      return { id: payment.payment_id, bill };
    }

    async function withoutWebhooks(work: () => Promise<void>): Promise<void> {
      system.webhooksLost = true;
      try {
        await work();
      } finally {
        system.webhooksLost = false;
      }
    }

    it('a payment is paid, and told to the merchant once', async () => {
      const { id } = await paid();
      const { late, events } = await read(id);
      assert.equal(late, false);
      assert.equal(
        events.filter((event) => event.status === 'paid' && event.status_before !== 'paid').length,
        1,
      );
      await until('the merchant', () => told(id).some(({ event }) => event === 'payment.paid'));
      assert.equal(told(id).filter(({ event }) => event === 'payment.paid').length, 1);
    });

    it('a decline fails it, and an expiry at the provider ends it', async () => {
      for (const [deed, status] of [
        ['decline', 'failed'],
        ['expire', overdue],
      ] as const) {
        const payment = await create();
        await system.act(await offered(payment), deed);
        await untilStatus(payment.payment_id, status);
      }
    });

    it('a lost report costs seconds', async () => {
      await withoutWebhooks(async () => {
        await paid();
      });
    });

    it('late money counts, and is flagged', async () => {
      const payment = await create();
      const bill = await offered(payment);
      await system.act(bill, 'expire');
      await untilStatus(payment.payment_id, overdue);
      await system.act(bill, 'pay');
      if (subject.capabilities.webhookTrust === 'none') return; // polled instead: see life.test.ts
      assert.equal((await untilStatus(payment.payment_id, 'paid')).late, true);
    });

    it('repeats and another order of its messages change nothing', async () => {
      const from = system.sent.length;
      const { id } = await paid();
      const messages = system.sent.slice(from);
      assert.equal(messages.length > 0, subject.capabilities.webhookTrust !== 'none');
      const before = await read(id);
      for (const message of [...messages].reverse()) {
        const answers = await Promise.all(Array.from({ length: 5 }, () => system.send(message)));
        assert.deepEqual(new Set(answers), new Set([200]));
      }
      const now = await read(id);
      assert.deepEqual(
        [now.status, now.events.filter(({ note }) => note === null).length],
        [before.status, before.events.filter(({ note }) => note === null).length],
      );
    });

    it('a message that was tampered with is refused, and changes nothing', async () => {
      if (subject.capabilities.webhookTrust === 'none') return;
      const payment = await create();
      const bill = await offered(payment);
      const from = system.sent.length;
      await withoutWebhooks(() => system.act(bill, 'process'));
      const [message] = system.sent.slice(from);
      assert.ok(message);
      const forged = [
        { ...message, body: message.body.replace(String(AMOUNT), String(AMOUNT - 1)) },
        { ...message, body: `${message.body} ` },
        { ...message, headers: {} },
        ...Object.entries(message.headers)
          .filter(([name]) => /sign/i.test(name))
          .flatMap(([name, value]) =>
            ['', 'x', value.slice(0, -6), `${value}A`, 'é'.repeat(3), 'A'.repeat(5_000)].map((other) => ({
              ...message,
              headers: { ...message.headers, [name]: Buffer.from(other).toString('latin1') },
            })),
          ),
      ];
      for (const each of forged) {
        if (each.body === message.body && each.headers === message.headers) continue;
        assert.equal(await system.send(each), 401, JSON.stringify(each).slice(0, 200));
      }
      assert.equal((await read(payment.payment_id)).status, 'created');
    });

    it('a message that is authentic nonsense is no error of ours, and changes nothing', async () => {
      if (subject.capabilities.webhookTrust === 'none') return;
      const payment = await create();
      const bill = await offered(payment);
      for (const nonsense of [
        'not json',
        '',
        '[]',
        'null',
        '{}',
        '{"bill":7,"session":{},"transaction":[]}',
      ]) {
        system.nonsense = nonsense;
        const from = system.sent.length;
        await withoutWebhooks(() => system.act(bill, 'process'));
        system.nonsense = null;
        const [message] = system.sent.slice(from);
        assert.equal(message?.body, nonsense);
        assert.ok([200, 401].includes((await system.send(message))!), nonsense);
        system.bills.get(bill)!.status = 'created';
      }
      assert.equal((await read(payment.payment_id)).status, 'created');
    });

    it('a create whose answer is lost ends in one payment at the provider', async () => {
      if (subject.presentation === 'scan') return; // it makes no call before a code is scanned
      const payment = await withFault('drop-answer', 1, () => create());
      await system.act(await offered(payment), 'pay');
      await untilStatus(payment.payment_id, 'paid');
    });

    for (const fault of UNANSWERED) {
      it(`is waited for while it answers by ${fault}, and never shown as failed`, async () => {
        const payment = await withFault(fault, 4, () => create());
        assert.equal(payment.status, 'created');
        const snapshot = JSON.stringify(await session(payment.token));
        assert.doesNotMatch(snapshot, /Технические|too many/, 'no word of it reaches the payer');
        await system.act(await offered(payment), 'pay');
        await untilStatus(payment.payment_id, 'paid');
      });
    }

    async function withFault<T>(kind: Fault, times: number, work: () => Promise<T>): Promise<T> {
      system.fault = { kind, left: times };
      try {
        return await work();
      } finally {
        system.fault = null;
      }
    }

    it('an unknown status changes nothing', async () => {
      const payment = await create();
      const bill = await offered(payment);
      await withoutWebhooks(async () => {
        system.rewrite = (key, value) =>
          /status$|state$/.test(key) && typeof value === 'string' ? 'teleported' : value;
        await system.act(bill, 'pay');
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        const { status } = await read(payment.payment_id);
        assert.ok(status === 'created' || status === 'processing', status);
        system.rewrite = null;
        await untilStatus(payment.payment_id, 'paid');
      });
    });

    it('another sum never pays it, and the merchant is told', async () => {
      const payment = await create();
      const bill = await offered(payment);
      await withoutWebhooks(async () => {
        system.rewrite = (_key, value) => (value === AMOUNT ? AMOUNT - 1 : value);
        await system.act(bill, 'pay');
        await until('the flag', async () => {
          const { events } = await read(payment.payment_id);
          return events.some(({ note }) => note === 'amount_mismatch');
        });
        const { status } = await read(payment.payment_id);
        assert.notEqual(status, 'paid');
        await until('the merchant', () =>
          told(payment.payment_id).some(({ event }) => event === 'payment.attention'),
        );
        system.rewrite = null;
      });
    });

    it('no sum never pays it either, until there is one', async () => {
      const payment = await create();
      const bill = await offered(payment);
      await withoutWebhooks(async () => {
        system.rewrite = (key, value) => (key === 'amount_details' || value === AMOUNT ? null : value);
        await system.act(bill, 'pay');
        await new Promise((resolve) => setTimeout(resolve, 6_000));
        const { status } = await read(payment.payment_id);
        assert.notEqual(status, 'paid');
        system.rewrite = null;
        await untilStatus(payment.payment_id, 'paid');
      });
    });

    it(`money is given back: ${subject.capabilities.refund}`, async () => {
      const { id, bill } = await paid();
      const refund = (amount?: number) =>
        shop.api('/refunds', { json: { payment_id: id, ...(amount && { amount }) } });
      const first = await refund(25_000);
      if (subject.capabilities.refund === 'none') {
        assert.equal(first.status, 409);
        return;
      }
      assert.equal(first.status, 201);
      await untilStatus(id, 'partial_refunded');
      assert.equal(system.bills.get(bill)!.refunded, 25_000);
      const second = await refund();
      assert.equal(second.status, subject.capabilities.refund === 'once' ? 409 : 201);
      if (subject.capabilities.refund === 'once') return;
      await untilStatus(id, 'refunded');
      assert.equal(system.bills.get(bill)!.refunded, AMOUNT);
    });

    it('a refund made in the cabinet is told once, and its sum is not given back again', async () => {
      if (subject.capabilities.refund === 'none') return;
      const { id, bill } = await paid();
      const from = system.sent.length;
      await system.refundInCabinet(bill, 50_000);
      const open = await until('the attention', async () => {
        const { attention } = await read(id);
        return attention.length > 0 && attention;
      });
      for (const message of system.sent.slice(from)) assert.equal(await system.send(message), 200);
      assert.deepEqual(
        [...open, ...(await read(id)).attention].map(({ reason }) => reason),
        ['unmatched_refund', 'unmatched_refund'],
        'one, before and after its repeat',
      );
      await until('the merchant', () =>
        told(id).some(
          ({ event, payload }) => event === 'payment.attention' && payload['reason'] === 'unmatched_refund',
        ),
      );
      const [{ attention_id, reported_amount }] = open as [Shown['attention'][number]];
      const again = await shop.api('/refunds', { json: { payment_id: id, amount: AMOUNT - 49_999 } });
      assert.ok([409, 422].includes(again.status), String(again.status));
      const resolution = {
        outcome: 'money_out',
        // A refund without an amount needs a person to match it.
        ...(reported_amount === null ? { amount: 50_000 } : {}),
      };
      const path = `/payments/${id}/attention/${attention_id}/resolve`;
      const resolved = await shop.api(path, { json: resolution });
      assert.equal(resolved.status, 200, await resolved.text());
      const { status, refunded_amount } = await read(id);
      assert.deepEqual([status, refunded_amount], ['partial_refunded', 50_000]);
    });

    it('a payment that the merchant cancels is closed where it can be', async () => {
      const payment = await create();
      if (subject.presentation !== 'scan') await offered(payment);
      const { status } = await shop.api(`/payments/${payment.payment_id}/cancel`, { method: 'POST' });
      assert.equal(status, 200);
      if (subject.presentation === 'scan') return;
      const bill = system.bills.get(billOf(payment.payment_id))!;
      assert.equal(bill.status, subject.capabilities.cancel ? 'canceled' : 'created');
    });

    it('says nothing of keys and people in its log', () => {
      const log = shop.logs();
      for (const [name, value] of Object.entries(system.env())) {
        const secret = /SECRET|TOKEN|_KEY$/.test(name) && !name.includes('PUBLIC');
        if (secret) assert.ok(!log.includes(value), name);
      }
      assert.doesNotMatch(log, /9990001122|payer@example\.ru/);
    });
  });
}
