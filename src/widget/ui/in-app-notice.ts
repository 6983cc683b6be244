import { html, nothing, type TemplateResult } from 'lit';
import { followsIntents, type InApp } from '../browser/in-app-browser.ts';
import type { Language } from '../locales/language.ts';
import type { Destination, Screen } from '../state/state.ts';

/**
 * Draws the notice that leads out of an in-app browser. The empty element keeps its room from the first picture on
 * (inAppNoticeStyles): the notice and the banks below it are loaded separately, and neither may move what the other has
 * drawn.
 */
export function inAppNotice(notice: {
  readonly endpoint: string | null;
  readonly token: string | null;
  readonly language: Language;
  readonly inApp: InApp | null;
  readonly held: Destination | null;
  readonly screen: Screen;
}): TemplateResult | typeof nothing {
  const { endpoint, token, language, inApp, held, screen } = notice;
  if (!inApp) return nothing;
  return html`<sbp-way-out
    class=${followsIntents(inApp) ? 'exit' : nothing}
    exportparts="button,message"
    .endpoint=${endpoint}
    .token=${token}
    .language=${language}
    .inApp=${inApp}
    .held=${held}
    .screen=${screen}
  ></sbp-way-out>`;
}
