import { html, nothing, type TemplateResult } from 'lit';
import type { Bank } from '../../protocol/banks.ts';
import { isWebAddress } from '../../protocol/link-scheme.ts';
import { fitsQr } from '../../protocol/qr-capacity.ts';
import { fill } from '../locales/messages.ts';
import { loadError } from '../ui/load-error.ts';
import { cancelSection, otherMethodsPart } from './other-methods.ts';
import {
  button,
  checkButton,
  paymentHeader,
  headingText,
  linkButton,
  money,
  statusLine,
  timerLine,
  otherMethodButton,
} from '../ui/elements.ts';
import { sberLinks } from '../state/layout.ts';
import type { View } from '../view.ts';

/** Draws the `pay` screen. Loading and checking use the same frame, so that nothing moves. */
export function payScreen(view: View): TemplateResult {
  // When the banks are shown, too, a code that cannot be loaded is left out without an error.
  const qr = view.entryModes.includes('qr') && !(view.entryModes.length > 1 && view.isLost('sbp-qr-code'));
  const banks = view.entryModes.includes('banks');
  const code = qr && !isTooLong(view);
  return html`${paymentHeader(view)}
    <div class="ways ${code && banks ? 'both' : code ? 'code-only' : 'banks-only'}">
      ${code ? codeColumn(view) : nothing} ${banks ? bankColumn(view) : nothing}
      ${qr && !banks ? guideColumn(view) : nothing}
    </div>
    ${cancelSection(view, banks && !view.banksReady)} ${foot(view, qr, banks)}`;
}

/** Returns true if the link is too long for a QR code. Then the page shows the link instead. */
function isTooLong(view: View): boolean {
  const url = paymentUrl(view);
  return url !== null && !fitsQr(url);
}

function payLink(view: View, kind: string): TemplateResult | typeof nothing {
  const url = paymentUrl(view);
  return isWebAddress(url, view.origin)
    ? linkButton(view.texts.payLink, url, { kind, target: '_blank' })
    : nothing;
}

function paymentUrl(view: View): string | null {
  const presentation = view.state.snapshot?.presentation;
  return presentation?.kind === 'link' ? presentation.url : null;
}

function codeColumn(view: View): TemplateResult {
  const payload = paymentUrl(view);
  return html`<div class="code">
    ${view.entryModes.length > 1 ? html`<h2 .textContent=${view.texts.qrTitle}></h2>` : nothing}
    ${
      payload === null
        ? codePlaceholder()
        : html`<sbp-qr-code
            class="plate"
            exportparts="qr"
            .payload=${payload}
            .label=${codeLabel(view)}
            .faded=${view.screen === 'checking'}
            >${view.isLost('sbp-qr-code') ? loadError(view, 'sbp-qr-code') : codePlaceholder()}</sbp-qr-code
          >`
    }
  </div>`;
}

function codeLabel(view: View): string {
  return fill(view.texts.qrLabel, { amount: money(view) });
}

function codePlaceholder(): TemplateResult {
  return html`<div class="plate bone" aria-hidden="true"></div>`;
}

function guideColumn(view: View): TemplateResult {
  const { texts, screen } = view;
  if (screen === 'checking') {
    return html`<div class="guide">
      <h2 tabindex="-1" part="message" .textContent=${texts.checking}></h2>
      ${checkButton(view)}
    </div>`;
  }
  return html`<div class="guide">
    <h2 tabindex="-1" .textContent=${headingText(view)}></h2>
    ${
      isTooLong(view)
        ? payLink(view, 'primary')
        : html`<ol>
            ${(isSber(view) ? texts.sberSteps : texts.steps).map((step) => html`<li><span .textContent=${step}></span></li>`)}
          </ol>`
    }
    ${otherDeviceHint(view)} ${codeTools(view)} ${otherMethodButton(view)} ${phonePush(view)}
  </div>`;
}

/** Draws the code's tools, and keeps their room while the payment loads. */
function codeTools(view: View): TemplateResult {
  const url = paymentUrl(view);
  return html`<div class="tools ${view.device === 'mobile' ? 'one' : ''}">
    ${
      url === null
        ? nothing
        : html`<sbp-code-tools
            exportparts="button"
            .language=${view.language}
            .device=${view.device}
            .link=${url}
            .label=${codeLabel(view)}
            .amount=${money(view)}
            .shop=${view.state.snapshot?.merchant.name ?? ''}
          ></sbp-code-tools>`
    }
  </div>`;
}

function bankColumn(view: View): TemplateResult {
  const { texts, actions, origin, language } = view;
  const url = paymentUrl(view);
  const only = sberApp(view);
  // The height of the notice above is unknown until the notice is loaded, so show placeholders for the banks until then.
  const grey = url === null || (view.inApp !== null && view.isComing('sbp-way-out'));
  return html`<div class="banks ${view.inApp ? 'in-app' : ''}">
    <div class="title">
      <h2 tabindex="-1" .textContent=${isSber(view) ? headingText(view) : texts.chooseBank}></h2>
      ${isSber(view) ? nothing : otherMethodButton(view)}
    </div>
    ${view.inAppNotice()}
    ${
      grey
        ? banksPlaceholder()
        : html`<sbp-bank-picker
            class=${only ? 'one' : ''}
            exportparts="banks,bank,search,button"
            .language=${language}
            .origin=${origin}
            .load=${actions.loadBanks}
            .link=${url}
            .only=${only}
            .onBankTap=${actions.openBank}
            .snapshotCount=${view.snapshotCount}
            @ready=${actions.redraw}
            >${view.isLost('sbp-bank-picker') ? loadError(view, 'sbp-bank-picker') : banksPlaceholder()}</sbp-bank-picker
          >`
    }
    ${isSber(view) ? otherMethodButton(view) : nothing} ${phonePush(view)}
  </div>`;
}

function banksPlaceholder(): TemplateResult {
  return html`<div class="bone field" aria-hidden="true"></div>
    <div class="bone list" aria-hidden="true"></div>`;
}

function isSber({ state }: View): boolean {
  return state.snapshot?.method === 'sberpay';
}

/** Returns Sber as the only bank of a SberPay payment, its better link first. Returns `null` when no link opens here. */
function sberApp(view: View): Bank | null {
  const links = linksOf(view)?.map((url) => ({ kind: 'web', url }) as const);
  const first = links?.[0];
  return first
    ? { id: 'sberpay', name: 'Сбербанк', logo_url: null, aliases: [], url: first.url, links }
    : null;
}

function linksOf({ state, device, origin }: View): string[] | null {
  return sberLinks(state.snapshot, device, origin);
}

/** Draws the hint to use another device when neither the app nor the link can be opened here. */
function otherDeviceHint(view: View): TemplateResult | typeof nothing {
  const noApp = linksOf(view)?.length === 0 && view.device !== 'desktop';
  const noLink = isTooLong(view) && payLink(view, '') === nothing;
  return noApp || noLink ? html`<p class="detail" .textContent=${view.texts.elsewhere}></p>` : nothing;
}

/** Draws the message to the payer's phone, in addition to the code and the link. */
function phonePush(view: View): TemplateResult | typeof nothing {
  return view.state.snapshot?.actions.includes('push') ? otherMethodsPart(view, 'push', nothing) : nothing;
}

function foot(view: View, qr: boolean, banks: boolean): TemplateResult {
  const { texts, actions, screen } = view;
  return html`<div class="foot ${banks && !qr ? 'sticky' : ''}">
    <div class="facts">${timerLine(view)}${statusLine(view)}</div>
    ${
      screen === 'pay' && banks && isTooLong(view)
        ? payLink(view, 'onward')
        : screen === 'pay' && view.entryModes.length === 1 && linksOf(view)?.length !== 0
          ? button(
              qr ? texts.thisDevice : texts.showQr,
              () => actions.chooseEntryMode(qr ? 'banks' : 'qr'),
              qr ? 'onward' : '',
            )
          : nothing
    }
  </div>`;
}
