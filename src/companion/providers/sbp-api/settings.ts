import * as v from 'valibot';
import type { BankListSource } from '../../banks/list-source.ts';
import { apiAddress, credential, flag, secrets, variable } from '../../env/schemas.ts';

export type SbpApiSettings = Readonly<v.InferOutput<ReturnType<typeof sbpApiSettings>>>;

export function sbpApiSettings(development: boolean) {
  return v.object({
    /** Ends with `/api/sbp/v1`. */
    baseUrl: variable('SBP_SBP_API_URL', apiAddress('/api/sbp/v1', development)),
    token: variable('SBP_SBP_API_TOKEN', credential('the key to the upstream’s API')),
    /** Each of them may sign the upstream's webhooks; several during a rotation. */
    webhookSecrets: variable(
      'SBP_SBP_API_WEBHOOK_SECRET',
      secrets('the secret that the upstream signs its webhooks with'),
    ),
    /** True if the upstream moves no money. Answers that contradict this are refused. */
    test: variable('SBP_SBP_API_TEST', flag),
  });
}

/** The upstream's bank list. Android's list has the most data: the app names, which the other platforms do not use. */
export function upstreamBankList({ baseUrl, token }: SbpApiSettings): BankListSource {
  return { kind: 'file', url: `${baseUrl}/banks?platform=android`, apiKey: token, logoOrigins: [] };
}
