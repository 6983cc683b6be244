import { html, nothing } from 'lit';
import { formatMoney } from '../../../src/protocol/money.ts';
import { drawQr } from '../../../src/protocol/qr.ts';
import { bouquet, drawingOf } from '../art.ts';
import { CATALOG, findProduct, MAX_QUANTITY, type Product } from '../catalog.ts';
import type { Actions, Model } from '../model.ts';
import { TEXTS } from '../texts.ts';

export function storefront(model: Model, actions: Actions) {
  const texts = TEXTS[model.locale];
  return html`<section class="hero">
      <div>
        <h1>${texts.headline}</h1>
        <p>${texts.lead}</p>
      </div>
      ${bouquet}
    </section>
    <ul class="goods">
      ${CATALOG.map((product) => card(product, model, actions))}
    </ul>
    <div class="panels">${giftPanel(model, actions)} ${phonePanel(model)}</div>
    ${cartBar(model, actions)}`;
}

function card({ sku, name, note, price }: Product, model: Model, actions: Actions) {
  return html`<li class="card" data-sku=${sku}>
    ${drawingOf(sku)}
    <h2>${name[model.locale]}</h2>
    <p class="note">${note[model.locale]}</p>
    <div class="buy">
      <span class="price">${formatMoney(price, model.locale)}</span>
      ${quantity(sku, model, actions)}
    </div>
  </li>`;
}

function quantity(sku: string, { cart, locale }: Model, actions: Actions) {
  const texts = TEXTS[locale];
  const count = cart.get(sku) ?? 0;
  if (count === 0) {
    return html`<button class="soft" @click=${() => actions.setQuantity(sku, 1)}>${texts.add}</button>`;
  }
  const step = (by: number, label: string, sign: string) =>
    html`<button
      aria-label=${label}
      ?disabled=${count + by > MAX_QUANTITY}
      @click=${() => actions.setQuantity(sku, count + by)}
    >
      ${sign}
    </button>`;
  return html`<span class="stepper">
    ${step(-1, texts.less, '−')}<output>${count}</output>${step(1, texts.more, '+')}
  </span>`;
}

function giftPanel({ locale, gift, starting }: Model, actions: Actions) {
  const texts = TEXTS[locale];
  const submit = (event: Event) => {
    event.preventDefault();
    actions.buyGift();
  };
  return html`<form class="panel" @submit=${submit} novalidate>
    <h2>${texts.gift}</h2>
    <p class="note">${texts.giftLead}</p>
    <div class="field">
      <input
        id="gift"
        inputmode="decimal"
        autocomplete="off"
        placeholder=${texts.giftLabel}
        aria-label=${texts.giftLabel}
        aria-invalid=${gift.bad}
        aria-describedby=${gift.bad ? 'gift-bad' : nothing}
        .value=${gift.text}
        @input=${(event: Event) => actions.setGift((event.target as HTMLInputElement).value)}
      />
      <button class="primary" ?disabled=${starting}>${texts.giftBuy}</button>
    </div>
    ${gift.bad ? html`<p class="bad" id="gift-bad" role="alert">${texts.giftBad}</p>` : nothing}
  </form>`;
}

/** Shows a QR with the shop's address, to try the checkout on a real phone. */
function phonePanel({ about, locale }: Model) {
  if (!about?.lanUrl) return nothing;
  const texts = TEXTS[locale];
  const { side, path } = drawQr(about.lanUrl);
  return html`<aside class="panel phone">
    <div>
      <h2>${texts.phone}</h2>
      <p class="note">${texts.phoneLead}</p>
      <p><a class="address" href=${about.lanUrl}>${about.lanUrl.replace(/^http:\/\//, '')}</a></p>
    </div>
    <svg class="code" viewBox="0 0 ${side} ${side}" role="img" aria-label=${texts.phoneCode}>
      <path d=${path} shape-rendering="crispEdges"></path>
    </svg>
  </aside>`;
}

function cartBar({ cart, locale, starting, trouble }: Model, actions: Actions) {
  const texts = TEXTS[locale];
  let count = 0;
  let total = 0;
  for (const [sku, pieces] of cart) {
    count += pieces;
    total += pieces * (findProduct(sku)?.price ?? 0);
  }
  if (count === 0 && trouble !== 'start') return nothing;
  return html`<div class="cart" role="region" aria-label=${texts.cart}>
    <p>
      ${
        trouble === 'start'
          ? html`<span role="alert">${texts.trouble}</span>`
          : html`${texts.cart} · ${texts.things(count)}`
      }
    </p>
    ${
      count > 0
        ? html`<button class="primary" ?disabled=${starting} @click=${() => actions.buyCart()}>
            ${starting ? texts.starting : texts.pay(formatMoney(total, locale))}
          </button>`
        : nothing
    }
  </div>`;
}
