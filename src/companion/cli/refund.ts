import { loadConfig } from '../config.ts';
import { settleRefund } from '../payments/refunds/settle-refund.ts';
import { findRefund } from '../payments/refunds/refund-rows.ts';
import { openStore } from '../store/store.ts';
import { CommandError } from './command-error.ts';

const USAGE = 'Usage: sbp-checkout refund settle <refund_id> --status succeeded|failed';

/**
 * Sets the result of a refund that the provider does not report. The operator takes the result from the provider's dashboard.
 * Payment, history and webhook are the same as after a provider's report; the webhook is sent after the next start.
 */
export async function refund(action: string, id: string, option: string, status: string): Promise<void> {
  if (action !== 'settle' || option !== '--status' || (status !== 'succeeded' && status !== 'failed')) {
    throw new CommandError(USAGE);
  }
  const { databaseFile, fileMode } = loadConfig(process.env);
  const store = await openStore(databaseFile, { checkedAtOnceBytes: Infinity, fileMode });
  try {
    const { refund, payment } = await store.write(async (trx) => {
      const pending = await findRefund(trx, id);
      if (!pending) throw new CommandError(`There is no refund ${id} in ${databaseFile}.`);
      if (pending.status !== 'pending') throw new CommandError(`${id} has ${pending.status} already.`);
      return settleRefund(trx, pending, { status, amount: null, source: 'operator', now: Date.now() });
    });
    process.stdout.write(
      `${id} (${refund.amount} kopecks) has ${refund.status}; ${payment.id} is ${payment.status}.\n`,
    );
  } finally {
    await store.close();
  }
}
