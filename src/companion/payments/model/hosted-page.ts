import type { PaymentTokens } from './tokens.ts';

interface Issuer {
  readonly config: { readonly publicUrl: string };
  readonly tokens: PaymentTokens;
}

/** Returns the address of the page where this payment can be paid. The token is in the fragment, which no browser sends to a server. */
export function hostedPage({ config, tokens }: Issuer, paymentId: string): string {
  return `${config.publicUrl}/pay#${tokens.issue(paymentId)}`;
}
