/**
 * Shows every state of the element. `?state=pay&locale=en&theme=dark` shows one state, for screenshots and tests. Without `state`
 * it shows all states, filtered by the other two parameters.
 */
import '../../src/widget/index.ts';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { play } from './payer.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { stubCompanion } from './stub-companion.ts';

stubCompanion();

const parameters = new URLSearchParams(location.search);
const only = parameters.get('state');
const locales = parameters.has('locale') ? [parameters.get('locale')!] : only ? ['ru'] : ['ru', 'en'];
const themes = parameters.has('theme') ? [parameters.get('theme')!] : only ? ['light'] : ['light', 'dark'];

const main = document.querySelector('main')!;
if (only) {
  document.body.classList.add('single');
  if (themes[0] === 'dark') document.body.classList.add('dark');
}
for (const scenario of SCENARIOS) {
  if (only && scenario.name !== only) continue;
  for (const locale of locales) for (const theme of themes) main.append(show(scenario, locale, theme));
}

function show(scenario: Scenario, locale: string, theme: string): HTMLElement {
  const figure = document.createElement('figure');
  figure.className = `${scenario.device} ${theme}`;
  const caption = document.createElement('figcaption');
  caption.textContent = `${scenario.name} · ${locale} · ${theme}`;
  const checkout = document.createElement('sbp-checkout');
  checkout.endpoint = location.origin;
  checkout.token = scenario.name;
  checkout.locale = locale;
  checkout.theme = theme as SbpCheckout['theme'];
  checkout.device = scenario.device;
  // A tap on a bank must not leave the page.
  checkout.addEventListener('sbp-bank-open', (event) => event.preventDefault());
  void play(checkout, scenario.doings ?? []).then(() => (figure.dataset['played'] = ''));
  figure.append(caption, checkout);
  return figure;
}
