import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { PLATFORMS } from '../../../protocol/banks.ts';
import type { BankDirectory } from '../../banks/directory.ts';
import type { Context } from '../../payments/context.ts';
import { merchantBankList } from '../bank-list-view.ts';
import { parseQuery } from '../plumbing/validate.ts';

export const banksQuery = v.object({
  platform: v.optional(v.picklist(PLATFORMS, `must be one of ${PLATFORMS.join(', ')}`), 'desktop'),
});

/** `/banks`: for merchants who build bank links themselves. */
export function bankRoutes(app: FastifyInstance, ctx: Context, banks: BankDirectory): void {
  app.get('/banks', (request) => {
    const { platform } = parseQuery(banksQuery, request.query);
    return merchantBankList(ctx, banks, platform);
  });
}
