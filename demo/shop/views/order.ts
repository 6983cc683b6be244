import { html, nothing } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { formatMoney } from '../../../src/protocol/money.ts';
import { findProduct, GIFT_NAME } from '../catalog.ts';
import type { Actions, Model, Place } from '../model.ts';
import type { Order } from '../order.ts';
import { TEXTS, type Locale, type Texts } from '../texts.ts';

type OrderPlace = Extract<Place, { kind: 'order' }>;

/** Shows an order: its checkout while it can be paid, and the shop's own status. */
export function orderPage(model: Model, place: OrderPlace, actions: Actions) {
  const { locale, trouble } = model;
  const { answer, token } = place;
  const texts = TEXTS[locale];
  // The fallback is escaped HTML from the companion. A shop's server would print it with the page.
  // The checkout reports each result once. The shop's server decides what it means for the order.
  const confirm = (event: Event) => actions.confirm(event.type === 'sbp-paid');
  return html`<div class="checkout" data-status=${answer.order.status}>
    <section>
      ${heading(place, model, actions)} ${extraPayments(answer.order, locale, texts)}
      ${trouble === 'start' ? html`<p class="bad" role="alert">${texts.trouble}</p>` : nothing}
      ${trouble === 'script' ? html`<p class="bad" role="alert">${texts.noScript}</p>` : nothing}
      ${
        token
          ? html`<sbp-checkout
              token=${token}
              endpoint=${answer.endpoint}
              locale=${locale}
              @sbp-paid=${confirm}
              @sbp-failed=${confirm}
              @sbp-expired=${confirm}
              @sbp-canceled=${confirm}
              >${unsafeHTML(answer.fallbackHtml)}</sbp-checkout
            >`
          : nothing
      }
      <p><a class="back" href="/" @click=${leave(actions)}>← ${texts.back}</a></p>
    </section>
    ${summary(answer.order, locale, texts)}
  </div>`;
}

export function missingOrder({ locale }: Model, actions: Actions) {
  const texts = TEXTS[locale];
  return html`<section class="missing">
    <h1>${texts.missing}</h1>
    <p class="note">${texts.missingLead}</p>
    <p><a class="back" href="/" @click=${leave(actions)}>← ${texts.back}</a></p>
  </section>`;
}

function heading({ answer, confirming }: OrderPlace, { locale, starting }: Model, actions: Actions) {
  const texts = TEXTS[locale];
  const waiting = confirming ? html`<p class="note" role="status">${texts.confirming}</p>` : nothing;
  switch (answer.order.status) {
    case 'paid':
      return html`<div role="status">
        <h1>${texts.paid}</h1>
        <p class="note">${texts.paidLead}</p>
      </div>`;
    case 'failed':
      return html`<div role="status">
        <h1>${texts.failed}</h1>
        <p class="note">${texts.failedLead}</p>
        <button class="primary" ?disabled=${starting} @click=${() => actions.retry()}>
          ${starting ? texts.starting : texts.retry}
        </button>
        ${waiting}
      </div>`;
    case 'waiting':
      return html`<h1>${texts.checkout}</h1>
        ${waiting}`;
  }
}

/** Tells a buyer who paid twice, or paid a canceled code, about the refund. */
function extraPayments({ status, amount, extraPayments: extra }: Order, locale: Locale, texts: Texts) {
  const extraTexts = status === 'paid' ? texts.extra : texts.canceledCode;
  return extra.map(
    (state) =>
      html`<p class="extra" role="status" data-extra=${state}>
        ${extraTexts[state](formatMoney(amount, locale))}
      </p>`,
  );
}

function summary({ id, lines, amount }: Order, locale: Locale, texts: Texts) {
  return html`<aside class="panel summary">
    <h2>${texts.order} <span class="number">${id}</span></h2>
    <ul>
      ${lines.map(({ sku, quantity, price }) => {
        const name = (findProduct(sku)?.name ?? GIFT_NAME)[locale];
        return html`<li>
          <span>${name}${quantity > 1 ? html`<span class="note"> × ${quantity}</span>` : nothing}</span>
          <span class="sum">${formatMoney(price * quantity, locale)}</span>
        </li>`;
      })}
    </ul>
    <p class="total"><span>${texts.total}</span><span class="sum">${formatMoney(amount, locale)}</span></p>
  </aside>`;
}

function leave(actions: Actions) {
  return (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey) return; // the browser opens a new tab
    event.preventDefault();
    actions.openShop();
  };
}
