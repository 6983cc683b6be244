import { expect } from '@open-wc/testing';
import { show, shown, until } from '../support/checkout.ts';
import { codeIsReadable } from '../support/codes-on-screen.ts';
import { FakePayment, seen } from '../support/fake-companion.ts';
import { snapshot } from '../support/snapshots.ts';
import { tap } from '../support/tap.ts';

interface DarkReader {
  setFetchMethod(fetch: unknown): void;
  enable(theme: object): void;
  disable(): void;
}

/** Loads the extension's own engine, which its makers publish for pages. */
async function loadDarkReader(): Promise<DarkReader> {
  const script = document.createElement('script');
  script.src = '/node_modules/darkreader/darkreader.js';
  const loaded = new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new Error('no Dark Reader: run "npm ci"'));
  });
  document.head.append(script);
  await loaded;
  const { DarkReader } = window as unknown as { DarkReader: DarkReader };
  DarkReader.setFetchMethod(window.fetch.bind(window));
  return DarkReader;
}

const darkReader = await loadDarkReader();

/** The extension's defaults, and the palest and the darkest settings of payers. */
const SETTINGS = [
  {},
  { brightness: 60, contrast: 60, sepia: 60, grayscale: 30 },
  { brightness: 150, contrast: 150, darkSchemeBackgroundColor: '#000', darkSchemeTextColor: '#fff' },
];

describe('a payer who has Dark Reader', () => {
  afterEach(() => darkReader.disable());

  // These tests are the first, with the defaults: the extension keeps the colours that it has computed once.
  for (const status of ['created', 'paid', 'failed', 'expired'] as const) {
    it(`can read every text, ${status}`, async () => {
      darkReader.enable({});
      const checkout = await show(
        await FakePayment.create(snapshot({ status, actions: ['cancel', 'renew'] })),
      );
      await seen(checkout, status === 'created' ? 'pay' : status);
      // The extension processes a few style sheets at a time.
      await until(() =>
        expect(checkout)
          .to.be.accessible()
          .then(
            () => true,
            () => false,
          ),
      );
    });
  }

  for (const theme of ['light', 'dark']) {
    it(`sees the code dark on white when it is switched on, set otherwise and off: ${theme}`, async () => {
      await show(await FakePayment.create(snapshot()), { device: 'desktop', theme });
      await codeIsReadable();
      for (const settings of SETTINGS) {
        darkReader.enable(settings);
        await codeIsReadable();
      }
      darkReader.disable();
      await codeIsReadable();
    });
  }

  it('sees the code dark on white on a page that was dark before it came, and enlarged', async () => {
    darkReader.enable({});
    const checkout = await show(await FakePayment.create(snapshot()), { device: 'desktop' });
    await codeIsReadable();
    await tap(await shown(checkout, 'sbp-code-tools', '.enlarge'));
    await shown(checkout, 'sbp-code-tools', 'dialog[open]');
    await codeIsReadable();
  });
});
