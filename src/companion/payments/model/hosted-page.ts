import type { PaymentTokens } from './tokens.ts';

interface Issuer {
  readonly config: { readonly publicUrl: string };
  readonly tokens: PaymentTokens;
}

/** The page on which this payment can be paid. The token is in the fragment, which no browser sends to a server. */
export function hostedPage({ config, tokens }: Issuer, paymentId: string): string {
  return `${config.publicUrl}/pay#${tokens.issue(paymentId)}`;
}
