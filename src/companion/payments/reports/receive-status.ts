import type { Context } from '../context.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import { answerOf } from '../model/events.ts';
import type { Applied } from '../model/outcome.ts';
import { applyReport } from './apply-report.ts';
import { publishOutcome, type PublishContext } from './publish-outcome.ts';

/** Applies the provider's answer to a status query, a cancel or a charge. */
export async function receiveStatus(
  ctx: PublishContext & Pick<Context, 'store' | 'now'>,
  provider: ProviderName,
  report: ProviderReport,
): Promise<Applied> {
  const cause = { ...answerOf(provider), detail: report.detail };
  const applied = await ctx.store.write((trx) =>
    applyReport(trx, { provider, report, cause, now: ctx.now() }),
  );
  publishOutcome(ctx, applied, report);
  return applied;
}
