import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CreatedPayment } from '../../support/companion.ts';
import { CrashFixture } from '../../support/crash-fixture.ts';

const REFUND = 300;
/** More steps than any call has. The loop normally ends with the first call that survives. */
const MANY = 60;

/** One call of a merchant or payer, and the check of its result. */
interface Deed {
  /** The number of payments that one call creates at the provider. */
  readonly codes: number;
  /** Creates the call's subject, without a crash. */
  prepare(world: CrashFixture, order: string): Promise<CreatedPayment | null>;
  call(world: CrashFixture, order: string, subject: CreatedPayment | null): Promise<Response>;
  /** Waits until the work is done, and compares it with the provider's books. */
  check(world: CrashFixture, order: string, subject: CreatedPayment | null): Promise<void>;
}

const DEEDS: Readonly<Record<string, Deed>> = {
  'a create': {
    codes: 1,
    prepare: () => Promise.resolve(null),
    call: (world, order) => world.create(order),
    async check(world, order) {
      const { items } = await world.get<{ items: CreatedPayment[] }>(`/payments?order_id=${order}`);
      assert.equal(items.length, 1, 'one payment');
      const { payment_id } = items[0]!;
      const shown = await world.link(payment_id);
      assert.deepEqual(
        world.books.of(payment_id).map(({ qr_payload }) => qr_payload),
        [shown],
        'one code, and it is the one on show',
      );
      await world.report(payment_id, 'paid');
    },
  },
  'a refund': {
    codes: 1,
    prepare: (world, order) => world.reported(order, 'paid'),
    call: (world, order, payment) =>
      world.post('/refunds', { payment_id: payment!.payment_id, amount: REFUND }, `refund-${order}`),
    async check(world, _order, payment) {
      const { payment_id } = payment!;
      await world.until(`the refund of ${payment_id}`, async () => {
        const { refunded_amount, status } = await world.get<CreatedPayment>(`/payments/${payment_id}`);
        return refunded_amount === REFUND && status === 'partial_refunded';
      });
      const [bill] = world.books.of(payment_id);
      const refunds = [...world.books.refunds.values()];
      assert.deepEqual(
        refunds.filter((refund) => refund.payment_id === bill!.payment_id).map(({ amount }) => amount),
        [REFUND],
        'given back once',
      );
    },
  },
  'a renewal': {
    codes: 2,
    prepare: (world, order) => world.reported(order, 'expired'),
    call: ({ companion }, _order, payment) =>
      fetch(`${companion.url}/checkout/v1/session/renew`, {
        method: 'POST',
        headers: { authorization: `Bearer ${payment!.token}` },
      }),
    async check(world, _order, payment) {
      const { payment_id, qr_payload: old } = payment!;
      const shown = await world.link(payment_id, (now) => now.status === 'created' && now.qr_payload !== old);
      const made = world.books.of(payment_id);
      assert.deepEqual(
        made.map(({ qr_payload }) => qr_payload),
        [old, shown],
        'one fresh code, and it is the one on show',
      );
      await world.until('the old code is closed', () => world.books.closed.has(made[0]!.payment_id));
      assert.equal(world.books.closed.has(made[1]!.payment_id), false, 'the fresh one is not');
      await world.report(payment_id, 'paid');
    },
  },
};

/** A way to kill the companion at its `n`-th step from now on. */
interface Death {
  aim(world: CrashFixture, n: number): Promise<unknown>;
  /** Returns true if the companion survived the call. Disarms the kill. */
  lived(world: CrashFixture): Promise<boolean>;
}

const DEATHS: Readonly<Record<string, Death>> = {
  'at each of its own steps': {
    aim: ({ companion }, n) => fetch(`${companion.url}/die-at/${n}`, { method: 'POST' }),
    lived: ({ companion }) =>
      fetch(`${companion.url}/die-at/never`, { method: 'POST' }).then(
        () => true,
        () => false,
      ),
  },
  'while the provider answers': {
    aim({ companion, books }, n) {
      let left = n;
      books.losesAnswer = async () => {
        if (--left !== 0) return false;
        await companion.kill();
        return true;
      };
      return Promise.resolve();
    },
    lived({ companion, books }) {
      books.losesAnswer = () => Promise.resolve(false);
      return Promise.resolve(companion.isAlive);
    },
  },
};

describe('a companion that dies', { concurrency: true }, () => {
  for (const [deedName, deed] of Object.entries(DEEDS)) {
    describe(`in ${deedName}`, { concurrency: false }, () => {
      let world: CrashFixture;
      before(async () => {
        world = await CrashFixture.open();
      });
      after(() => world.close());

      for (const [deathName, death] of Object.entries(DEATHS)) {
        it(`${deathName} does it once, by its repeat`, async (t) => {
          const { companion, books } = world;
          const codesBefore = books.payments.size;
          const deaths: string[] = [];
          let lived = false;
          while (!lived) {
            assert.ok(deaths.length < MANY, 'the call never came to its end');
            const order = `${deathName}-${deaths.length + 1}`.replaceAll(' ', '-');
            const subject = await deed.prepare(world, order);
            const said = companion.output.length;
            await death.aim(world, deaths.length + 1);
            const first = await deed.call(world, order, subject).catch(() => null);
            lived = await death.lived(world);
            if (!lived) {
              await companion.ended();
              deaths.push(/died at: (.*)/.exec(companion.output.slice(said))?.[1] ?? 'provider called');
              await companion.start();
            }
            const repeat = await deed.call(world, order, subject);
            // A repeated renewal gets 409, because the first one succeeded.
            const done = deedName === 'a renewal' && repeat.status === 409;
            assert.ok(repeat.ok || done, `${repeat.status} after ${deaths.at(-1)}`);
            if (first?.ok && repeat.ok) assert.deepEqual(await repeat.json(), await first.json());
            await deed.check(world, order, subject);
          }
          t.diagnostic(`${deaths.length} deaths: ${deaths.join('; ')}`);
          assert.ok(deaths.length > 0, 'it never died: the test proves nothing');
          const rounds = deaths.length + 1;
          assert.equal(books.payments.size - codesBefore, deed.codes * rounds, 'a code that nobody knows of');
          assert.deepEqual(books.conflicts, [], 'a call was repeated under its key with another body');
        });
      }
    });
  }
});
