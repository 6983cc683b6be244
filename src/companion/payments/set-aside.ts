import type { ProviderDelivery } from '../providers/provider.ts';
import type { ProviderName } from '../providers/names.ts';
import type { Reader, Writer } from '../store/store.ts';

/** Delay before each further try, ms; the last one repeats until {@link GIVE_UP_AFTER} tries. */
const TRY_AGAIN_MS = [5_000, 20_000, 60_000, 300_000, 900_000, 3_600_000];
/** Some 24 hours, as long as we try to reach a merchant. */
const GIVE_UP_AFTER = 29;

/**
 * A verified webhook that cannot be followed yet: its payment is unknown (a restored backup, a report that overtook
 * the answer to the create), or what it speaks of has not been reported. Acknowledged and stored, it is tried again.
 */
export interface SetAside {
  readonly provider: ProviderName;
  readonly report: ProviderDelivery;
  /** How often it was tried again. */
  readonly tries: number;
}

/** What its row says from now on. After the last try it stays stored, for a person to look at. */
export function setAside({ report, tries }: SetAside, now: number) {
  const delay = TRY_AGAIN_MS[Math.min(tries, TRY_AGAIN_MS.length - 1)]!;
  return {
    report_json: JSON.stringify(report),
    tries,
    next_try_at: tries < GIVE_UP_AFTER ? now + delay : null,
  };
}

/** What the row of a delivery says that needs no further try. */
export const DONE = { report_json: null, next_try_at: null } as const;

export async function findSetAside(db: Reader, now: number): Promise<SetAside[]> {
  const rows = await db
    .selectFrom('provider_deliveries')
    .select(['provider', 'report_json', 'tries'])
    .where('next_try_at', '<=', now)
    .orderBy('next_try_at')
    .limit(50)
    .execute();
  return rows.map(({ provider, report_json, tries }) => ({
    provider: provider as ProviderName,
    report: JSON.parse(report_json!) as ProviderDelivery,
    tries,
  }));
}

/** Makes due what a clock has put off that has been set back since. */
export async function bringSetAsideForward(trx: Writer, now: number): Promise<void> {
  await trx
    .updateTable('provider_deliveries')
    .set({ next_try_at: now })
    .where('next_try_at', '>', now + Math.max(...TRY_AGAIN_MS))
    .execute();
}
