import type { SelectQueryBuilder } from 'kysely';
import { Gauge, type Registry } from 'prom-client';
import { OVERDUE_AFTER_MS } from './payments/model/next-check.ts';
import { IS_FAILED_REFUND, IS_OPEN_PAYMENT, IS_PENDING_REFUND } from './store/index-conditions.ts';
import type { Schema } from './store/schema.ts';
import type { Reader, Store } from './store/store.ts';

/** Rows are counted up to this limit, so that a scrape stays cheap. */
const MAX_COUNT = 100_000;

interface Sources {
  readonly store: Store;
  /** Unix time in ms. */
  readonly now: () => number;
}

/** Registers gauges that read the tables at each scrape. Each reads an index with few rows, however many payments exist. */
export function registerTableMetrics(registry: Registry, { store, now }: Sources): void {
  const db = store.read;
  const secondsSince = (at: number | null | undefined) => (at ? Math.max(0, now() - at) / 1000 : 0);

  function gauge(name: string, help: string, read: () => Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  }

  new Gauge({
    name: 'sbp_open_payments',
    help: 'Payments that may still be paid.',
    labelNames: ['status', 'provider'],
    registers: [registry],
    async collect() {
      this.reset();
      const rows = await db
        .selectFrom('payments')
        .select(({ fn }) => ['status', 'provider', fn.countAll<number>().as('count')])
        .where(IS_OPEN_PAYMENT)
        .groupBy(['status', 'provider'])
        .execute();
      for (const { status, provider, count } of rows) {
        this.set({ status, provider: provider ?? 'none' }, count);
      }
    },
  });
  gauge('sbp_overdue_payments', 'Open payments hours past their deadline.', () =>
    count(
      db
        .selectFrom('payments')
        .select('deadline')
        .where(IS_OPEN_PAYMENT)
        .where('deadline', '<=', now() - OVERDUE_AFTER_MS),
    ),
  );
  new Gauge({
    name: 'sbp_attention_open',
    help: 'Payments that a person should look at, by reason.',
    labelNames: ['reason'],
    registers: [registry],
    async collect() {
      this.reset();
      const rows = await db
        .selectFrom('attention')
        .select(({ fn }) => ['reason', fn.countAll<number>().as('count')])
        .where('resolvedAt', 'is', null)
        .groupBy('reason')
        .execute();
      for (const { reason, count } of rows) this.set({ reason }, count);
    },
  });

  gauge('sbp_refunds_pending', 'Refunds without a result from the provider.', () =>
    count(pendingRefunds(db).select('createdAt')),
  );
  gauge('sbp_refunds_oldest_pending_seconds', 'Age of the oldest pending refund.', async () =>
    secondsSince(await oldest(pendingRefunds(db).select('createdAt as at').orderBy('createdAt'))),
  );
  gauge('sbp_refunds_failed', 'Refunds that failed at the provider.', () =>
    count(db.selectFrom('refunds').select('createdAt').where(IS_FAILED_REFUND)),
  );

  const waiting = () => db.selectFrom('deliveries').where('nextAttemptAt', 'is not', null);
  gauge('sbp_outbox_depth', 'Webhooks not yet delivered to merchants.', () =>
    count(waiting().select('createdAt')),
  );
  gauge('sbp_outbox_oldest_seconds', 'Age of the oldest webhook not yet delivered to a merchant.', async () =>
    secondsSince(await oldest(waiting().select('createdAt as at').orderBy('createdAt'))),
  );
  gauge('sbp_deliveries_given_up', 'Webhooks to merchants that were given up: redeliver them by hand.', () =>
    count(
      db
        .selectFrom('deliveries')
        .select('createdAt')
        .where('nextAttemptAt', 'is', null)
        .where('deliveredAt', 'is', null),
    ),
  );

  gauge('sbp_webhooks_deferred', "Providers' webhooks that cannot be applied yet and will be retried.", () =>
    count(db.selectFrom('providerDeliveries').select('nextTryAt').where('nextTryAt', 'is not', null)),
  );
  gauge(
    'sbp_webhooks_given_up',
    "Providers' webhooks that could not be applied within a day of retries.",
    () =>
      count(
        db
          .selectFrom('providerDeliveries')
          .select('receivedAt')
          .where('nextTryAt', 'is', null)
          .where('reportJson', 'is not', null),
      ),
  );

  async function count<Row>(rows: SelectQueryBuilder<Schema, keyof Schema, Row>): Promise<number> {
    const { total } = await db
      .selectFrom(rows.limit(MAX_COUNT).as('found'))
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .executeTakeFirstOrThrow();
    return total;
  }
}

function pendingRefunds(db: Reader) {
  return db.selectFrom('refunds').where(IS_PENDING_REFUND);
}

async function oldest(
  rows: SelectQueryBuilder<Schema, keyof Schema, { at: number }>,
): Promise<number | undefined> {
  return (await rows.limit(1).executeTakeFirst())?.at;
}
