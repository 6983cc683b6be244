import { html, nothing } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { formatMoney } from '../../../src/protocol/money.ts';
import { findProduct, GIFT_NAME } from '../catalog.ts';
import type { Actions, Model, Place } from '../model.ts';
import type { Order } from '../order.ts';
import { WORDS, type Locale, type Words } from '../words.ts';

type OrderPlace = Extract<Place, { kind: 'order' }>;

/** One order: the checkout while there is something to pay, and what the shop itself knows of it. */
export function orderPage(model: Model, place: OrderPlace, actions: Actions) {
  const { locale, trouble } = model;
  const { answer, token } = place;
  const words = WORDS[locale];
  // The fallback is markup of our own companion's, escaped there; a shop's server would print it with the page.
  // Each result once; what it means for the order is the shop's server's word, not the checkout's.
  const confirm = (event: Event) => actions.confirm(event.type === 'sbp-paid');
  return html`<div class="checkout" data-status=${answer.order.status}>
    <section>
      ${heading(place, model, actions)} ${extraPayments(answer.order, locale, words)}
      ${trouble === 'start' ? html`<p class="bad" role="alert">${words.trouble}</p>` : nothing}
      ${trouble === 'script' ? html`<p class="bad" role="alert">${words.noScript}</p>` : nothing}
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
      <p><a class="back" href="/" @click=${leave(actions)}>← ${words.back}</a></p>
    </section>
    ${summary(answer.order, locale, words)}
  </div>`;
}

export function missingOrder({ locale }: Model, actions: Actions) {
  const words = WORDS[locale];
  return html`<section class="missing">
    <h1>${words.missing}</h1>
    <p class="note">${words.missingLead}</p>
    <p><a class="back" href="/" @click=${leave(actions)}>← ${words.back}</a></p>
  </section>`;
}

function heading({ answer, confirming }: OrderPlace, { locale, starting }: Model, actions: Actions) {
  const words = WORDS[locale];
  const waiting = confirming ? html`<p class="note" role="status">${words.confirming}</p>` : nothing;
  switch (answer.order.status) {
    case 'paid':
      return html`<div role="status">
        <h1>${words.paid}</h1>
        <p class="note">${words.paidLead}</p>
      </div>`;
    case 'failed':
      return html`<div role="status">
        <h1>${words.failed}</h1>
        <p class="note">${words.failedLead}</p>
        <button class="primary" ?disabled=${starting} @click=${() => actions.retry()}>
          ${starting ? words.starting : words.retry}
        </button>
        ${waiting}
      </div>`;
    case 'waiting':
      return html`<h1>${words.checkout}</h1>
        ${waiting}`;
  }
}

/** A buyer who has paid twice, or by a code that was canceled, must not have to ask. */
function extraPayments({ status, amount, extraPayments: extra }: Order, locale: Locale, words: Words) {
  const texts = status === 'paid' ? words.extra : words.canceledCode;
  return extra.map(
    (state) =>
      html`<p class="extra" role="status" data-extra=${state}>
        ${texts[state](formatMoney(amount, locale))}
      </p>`,
  );
}

function summary({ id, lines, amount }: Order, locale: Locale, words: Words) {
  return html`<aside class="panel summary">
    <h2>${words.order} <span class="number">${id}</span></h2>
    <ul>
      ${lines.map(({ sku, quantity, price }) => {
        const name = (findProduct(sku)?.name ?? GIFT_NAME)[locale];
        return html`<li>
          <span>${name}${quantity > 1 ? html`<span class="note"> × ${quantity}</span>` : nothing}</span>
          <span class="sum">${formatMoney(price * quantity, locale)}</span>
        </li>`;
      })}
    </ul>
    <p class="total"><span>${words.total}</span><span class="sum">${formatMoney(amount, locale)}</span></p>
  </aside>`;
}

function leave(actions: Actions) {
  return (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey) return; // into a tab of its own, as any link
    event.preventDefault();
    actions.openShop();
  };
}
