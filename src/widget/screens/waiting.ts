import { html, nothing, type TemplateResult } from 'lit';
import { button, head, statusLine, timeLeftLine } from './pieces.ts';
import type { View } from './view.ts';

export function waitingWords(view: View): string {
  const { texts, screen } = view;
  if (screen === 'checking') return texts.checking;
  return isInApp(view) ? texts.waiting : texts.processing;
}

/** The next step is the payer's, in the bank's app. */
function isInApp({ state, screen }: View): boolean {
  return screen === 'waiting' && state.snapshot?.status !== 'processing';
}

/** The payer is in the bank, or the bank is at work. */
export function waitingScreen(view: View): TemplateResult {
  const { texts, act } = view;
  const inApp = isInApp(view);
  return html`${head(view)}
    <div class="center">
      <span class="pulse" aria-hidden="true"></span>
      <h2 tabindex="-1" part="message">${waitingWords(view)}</h2>
      ${inApp ? appActions(view) : html`<div class="actions">${button(texts.check, act.check)}</div>`}
    </div>
    <div class="foot">
      <div class="facts">${inApp ? timeLeftLine(view) : nothing}${statusLine(view)}</div>
    </div>`;
}

function appActions({ state, texts, act }: View): TemplateResult {
  const { bank } = state;
  return html`<p class="detail">${texts.waitingHelp}</p>
    <div class="actions">
      ${
        bank
          ? html`<a
              class="button primary"
              part="button"
              href=${bank.url}
              target=${/^https?:/.test(bank.url) ? '_blank' : nothing}
              rel="noopener noreferrer"
              @click=${(tap: Event) => act.openBank(bank, tap)}
              >${texts.openAgain}</a
            >`
          : nothing
      }
      ${button(texts.check, act.check)}
      <div class="pair">
        ${button(texts.otherBank, () => act.way('banks'))} ${button(texts.showQr, () => act.way('qr'))}
      </div>
    </div>`;
}
