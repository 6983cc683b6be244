import type { Context } from '../context.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import { answerOf } from '../model/events.ts';
import type { Applied } from '../model/outcome.ts';
import { applyReport } from './apply-report.ts';
import { publishOutcome } from './publish-outcome.ts';

/** Takes what a provider answered when asked. */
export async function receiveStatus(
  ctx: Context,
  provider: ProviderName,
  report: ProviderReport,
): Promise<Applied> {
  const cause = { ...answerOf(provider), detail: report.detail };
  const applied = await ctx.store.write((trx) => applyReport(trx, provider, report, cause, ctx.now()));
  publishOutcome(ctx, applied, report);
  return applied;
}
