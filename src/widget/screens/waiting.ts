import { html, nothing, type TemplateResult } from 'lit';
import type { Destination } from '../state/state.ts';
import { loadError } from '../ui/load-error.ts';
import { cancelSection, otherMethodsPart } from './other-methods.ts';
import { checkButton, paymentHeader, statusLine, timerLine, otherMethodButton } from '../ui/elements.ts';
import type { View } from '../view.ts';

export function waitingText(view: View): string {
  const { texts, screen } = view;
  if (screen === 'checking' || screen === 'loading') return texts[screen];
  const gone = openDestination(view);
  return !gone ? texts.processing : gone === 'form' ? texts.waitingForm : texts.waiting;
}

/** Returns the bank or form that the payer has left for. Returns `null` when the payer has nothing to do there. */
function openDestination({ state, screen }: View): Destination | null {
  return screen === 'waiting' && state.snapshot?.status !== 'processing' ? state.destination : null;
}

/** Draws the screen while the payer is in the bank, the bank processes the payment, or the payment loads slowly. */
export function waitingScreen(view: View): TemplateResult {
  const gone = openDestination(view);
  // While the payment loads the title is enough, unless the connection is offline.
  const silent = view.screen === 'loading' && view.state.connection !== 'offline';
  return html`${paymentHeader(view)}
    <div class="center">
      <span class="pulse" aria-hidden="true"></span>
      <h2 tabindex="-1" part="message" .textContent=${waitingText(view)}></h2>
      ${gone ? departedActions(view, gone) : workingActions(view)}
    </div>
    ${cancelSection(view)}
    ${
      silent
        ? nothing
        : html`<div class="foot">
            <div class="facts">${gone ? timerLine(view) : nothing}${statusLine(view)}</div>
          </div>`
    }`;
}

function workingActions(view: View): TemplateResult | typeof nothing {
  const { screen, slow } = view;
  // No check button when the bank is processing the payment already.
  if (screen === 'checking') return html`<div class="actions">${checkButton(view)}</div>`;
  return slow ? otherMethodsPart(view, 'slow') : nothing;
}

function departedActions(view: View, gone: Destination): TemplateResult {
  return html`<div class="actions">
    ${
      gone === 'form'
        ? otherMethodsPart(view, 'form')
        : html`<sbp-bank-wait exportparts="button,message" .view=${view}
            >${loadError(view, 'sbp-bank-wait')}</sbp-bank-wait
          >`
    }
    ${checkButton(view)} ${otherMethodButton(view)}
  </div>`;
}
