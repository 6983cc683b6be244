import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { PLATFORMS } from '../../../protocol/banks.ts';
import type { BankDirectory } from '../../banks/directory.ts';
import type { Context } from '../../payments/context.ts';
import { merchantBankList } from '../bank-list-view.ts';
import { merchantBankListSchema } from './response-schemas.ts';
import { merchantGet } from './route.ts';

const banksQuery = v.object({
  platform: v.optional(v.picklist(PLATFORMS, `must be one of ${PLATFORMS.join(', ')}`), 'desktop'),
});

/** Registers `/banks`, for merchants who build bank links themselves. */
export function bankRoutes(app: FastifyInstance, ctx: Pick<Context, 'config'>, banks: BankDirectory): void {
  merchantGet(app, {
    path: '/banks',
    summary: 'The bank list',
    query: banksQuery,
    response: merchantBankListSchema,
    refusals: ['invalid_fields'],
    handle: ({ readQuery }) => merchantBankList(ctx, banks, readQuery().platform),
  });
}
