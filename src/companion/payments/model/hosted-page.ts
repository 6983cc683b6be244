import type { Context } from '../context.ts';

/** The page on which this payment can be paid. The token is in the fragment, which no browser sends to a server. */
export function hostedPage(
  { config, tokens }: Pick<Context, 'config' | 'tokens'>,
  paymentId: string,
): string {
  return `${config.publicUrl}/pay#${tokens.issue(paymentId)}`;
}
