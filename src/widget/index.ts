/** Registers `<sbp-checkout>`. For the class alone import `sbp-checkout/element`. */
import { defineOnce } from './browser/define-once.ts';
import { SbpCheckout } from './sbp-checkout.ts';

defineOnce('sbp-checkout', SbpCheckout);

export { SbpCheckout };
export type * from './events.ts';
