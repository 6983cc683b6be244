import { html, nothing, type TemplateResult } from 'lit';
import { button, head, statusLine, timeLeftLine } from './pieces.ts';
import type { View } from './view.ts';

/** The payer is in the bank, or the bank is at work. */
export function waitingScreen(view: View): TemplateResult {
  const { texts, act, state, screen } = view;
  const checking = screen === 'checking';
  const processing = state.snapshot?.status === 'processing';
  const message = checking ? texts.checking : processing ? texts.processing : texts.waiting;
  return html`${head(view)}
    <div class="center">
      <span class="pulse" aria-hidden="true"></span>
      <h2 tabindex="-1" part="message">${message}</h2>
      ${
        checking || processing
          ? html`<div class="actions">${button(texts.check, act.check)}</div>`
          : appActions(view)
      }
    </div>
    <div class="foot">
      <div class="facts">${checking || processing ? nothing : timeLeftLine(view)}${statusLine(view)}</div>
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
