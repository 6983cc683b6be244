import type { Parts } from './controllers/lazy-elements.ts';
import type { PartName } from './view.ts';

/**
 * The import of each inner element. A part is loaded when it is first needed: a phone that opens a bank's app needs no QR encoder,
 * a desktop that shows a code needs no bank list.
 */
const LOADS = {
  'sbp-qr-code': async (part = import('./components/qr-code/qr-code.ts')) => (await part).SbpQrCode,
  'sbp-bank-picker': async (part = import('./components/bank-app/bank-app.ts')) => (await part).SbpBankPicker,
  'sbp-bank-wait': async (part = import('./components/bank-app/bank-app.ts')) => (await part).SbpBankWait,
  'sbp-way-out': async (part = import('./components/in-app/open-in-browser.ts')) =>
    (await part).SbpOpenInBrowser,
  'sbp-other-ways': async (part = import('./components/other-methods/other-methods.ts')) =>
    (await part).SbpOtherMethods,
  'sbp-code-tools': async (part = import('./components/code-tools/code-tools.ts')) =>
    (await part).SbpCodeTools,
  'sbp-auto-return': async (part = import('./components/auto-return/auto-return.ts')) =>
    (await part).SbpAutoReturn,
};

export const PARTS: Parts<PartName> = { base: import.meta.url, loads: LOADS };
