import { html, nothing, type TemplateResult } from 'lit';
import { loadError } from '../ui/load-error.ts';
import { paymentHeader, headingText, otherMethodButton, statusLine, timerLine } from '../ui/elements.ts';
import type { OtherPart, View } from '../view.ts';

/** Draws a part that a payment by one SBP link does not need. `lost` is drawn inside when the part cannot be loaded. */
export function otherMethodsPart(
  view: View,
  kind: OtherPart,
  lost = loadError(view, 'sbp-other-ways'),
): TemplateResult {
  return html`<sbp-other-ways exportparts="phone,scanner,button,message" .kind=${kind} .view=${view}
    >${lost}</sbp-other-ways
  >`;
}

/**
 * Draws the cancel button, or the question that follows its tap. Every screen with a cancelable payment ends with it, and
 * keeps its room while the payment loads. `early` is true while the content above may still grow.
 */
export function cancelSection(view: View, early = false): TemplateResult | typeof nothing {
  const { state, texts, actions } = view;
  if (state.snapshot && !state.snapshot.actions.includes('cancel')) return nothing;
  const ask = (tap: Event): void => {
    // The button disappears. Its container holds the focus until the question is drawn.
    (tap.currentTarget as HTMLElement).parentElement!.focus();
    actions.dispatch({ type: 'giving-up', givingUp: true });
  };
  return html`<div class="give-up ${early ? 'early' : ''}" tabindex="-1">
    ${
      state.givingUp
        ? otherMethodsPart(view, 'give-up')
        : state.snapshot &&
          html`<button
            class="button"
            part="button"
            type="button"
            @click=${ask}
            .textContent=${texts.cancel}
          ></button>`
    }
  </div>`;
}

/** Draws a screen without a code or banks: the list of methods, a form to post, or the scanner for the payer's code. */
export function otherMethodsScreen(view: View, kind: OtherPart): TemplateResult {
  const paying = view.screen === 'pay';
  return html`${paymentHeader(view)}
    <div class="lead">
      <h2 tabindex="-1" .textContent=${headingText(view)}></h2>
      ${otherMethodsPart(view, kind)} ${paying ? otherMethodButton(view) : nothing}
    </div>
    ${cancelSection(view)}
    ${
      paying || view.state.connection === 'offline'
        ? html`<div class="foot">
            <div class="facts">${timerLine(view)}${statusLine(view)}</div>
          </div>`
        : nothing
    }`;
}
