import type { Plugin } from 'vite';

/**
 * The hosted page's script loads the built element instead of sharing chunks with it: so the element's entry can
 * hold lit as well, which saves every shop's payers a round trip.
 */
export function payLoadsElement(): Plugin {
  return {
    name: 'pay-loads-element',
    apply: 'build',
    enforce: 'pre',
    resolveId(source, importer) {
      const fromPay = importer?.endsWith('/src/widget/pay.ts') && source === './index.ts';
      return fromPay ? { id: './sbp-checkout.js', external: true } : null;
    },
  };
}
