/** The demo shop's page: keeps the model, talks to the shop's server, and draws. */
import { render } from 'lit';
import { parseMoney } from '../../src/protocol/money.ts';
import { createOrder, fetchAbout, fetchOrder, retryOrder, ShopError, type Item } from './api.ts';
import { loadCart, saveCart } from './cart-store.ts';
import { GIFT_MAX, GIFT_MIN, GIFT_SKU } from './catalog.ts';
import type { Actions, Model } from './model.ts';
import type { OrderAnswer } from './order.ts';
import { page } from './views/page.ts';
import { WORDS } from './words.ts';

const root = document.querySelector<HTMLElement>('#shop')!;

/** The companion's webhook reaches the shop's server within seconds of the checkout's own news. */
const CONFIRM_EVERY_MS = 700;
const CONFIRM_TRIES = 40;

let model: Model = {
  locale: navigator.language.startsWith('en') ? 'en' : 'ru',
  about: null,
  cart: loadCart(),
  place: { kind: 'shop' },
  gift: { text: '', bad: false },
  starting: false,
  trouble: null,
};

function update(change: Partial<Model>): void {
  model = { ...model, ...change };
  const { name, trade } = WORDS[model.locale];
  document.documentElement.lang = model.locale;
  document.title = `${name} · ${trade}`;
  render(page(model, actions), root);
}

const actions: Actions = {
  setLocale: (locale) => update({ locale }),
  setQuantity(sku, quantity) {
    const cart = new Map(model.cart);
    if (quantity > 0) cart.set(sku, quantity);
    else cart.delete(sku);
    saveCart(cart);
    update({ cart, trouble: null });
    keepFocusAt(sku);
  },
  setGift: (text) => update({ gift: { text, bad: false } }),
  buyCart: () => void buy([...model.cart].map(([sku, quantity]) => ({ sku, quantity }))),
  buyGift() {
    const amount = parseMoney(model.gift.text, model.locale);
    const bad = amount === null || amount < GIFT_MIN || amount > GIFT_MAX;
    if (bad) update({ gift: { ...model.gift, bad } });
    else void buy([{ sku: GIFT_SKU, amount }]);
  },
  retry: () => void retry(),
  openShop() {
    history.pushState(null, '', '/');
    update({ place: { kind: 'shop' }, trouble: null });
  },
  confirm: () => void confirm(),
};

/** The button that was pressed may have become another one: the keyboard stays at this product. */
function keepFocusAt(sku: string): void {
  if (document.activeElement !== document.body) return;
  root.querySelector<HTMLElement>(`[data-sku="${sku}"] .buy button:last-of-type`)?.focus();
}

async function buy(items: readonly Item[]): Promise<void> {
  if (model.starting) return;
  update({ starting: true, trouble: null });
  try {
    const answer = await createOrder(items);
    // The order's id, never its token: addresses end up in logs.
    history.pushState(null, '', `/?order=${answer.order.id}`);
    showOrder(answer);
    window.scrollTo(0, 0);
  } catch {
    update({ trouble: 'start' });
  } finally {
    update({ starting: false });
  }
}

async function retry(): Promise<void> {
  if (model.place.kind !== 'order') return;
  try {
    showOrder(await retryOrder(model.place.answer.order.id));
  } catch {
    update({ trouble: 'start' });
  }
}

/** The checkout has a result; the shop's server has the last word on what it means for the order. */
async function confirm(): Promise<void> {
  const { place } = model;
  if (place.kind !== 'order' || place.confirming) return;
  const { id } = place.answer.order;
  update({ place: { ...place, confirming: true } });
  for (let tries = 0; tries < CONFIRM_TRIES && orderOnPage() === id; tries++) {
    const answer = await fetchOrder(id).catch(() => null);
    if (answer && answer.order.status !== 'waiting') {
      if (orderOnPage() === id) showOrder(answer);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, CONFIRM_EVERY_MS));
  }
  if (orderOnPage() === id) update({ place: { ...place, confirming: false } });
}

function orderOnPage(): string | null {
  return model.place.kind === 'order' ? model.place.answer.order.id : null;
}

function showOrder(answer: OrderAnswer): void {
  const { id, status } = answer.order;
  const before = model.place.kind === 'order' && orderOnPage() === id ? model.place.token : null;
  const token = answer.token ?? before;
  const cart = status === 'paid' ? new Map<string, number>() : model.cart;
  if (status === 'paid') saveCart(cart);
  update({ cart, place: { kind: 'order', answer, token, confirming: false }, trouble: null });
}

/** The address decides what is shown, so that a reload or a link in the middle of a payment finds its order again. */
async function follow(): Promise<void> {
  const id = new URLSearchParams(location.search).get('order');
  if (!id) {
    update({ place: { kind: 'shop' } });
    return;
  }
  try {
    showOrder(await fetchOrder(id));
  } catch (error) {
    if (error instanceof ShopError && error.status === 404) update({ place: { kind: 'missing' } });
    else update({ place: { kind: 'shop' }, trouble: 'start' });
  }
}

/** As a merchant's page would: one script tag from the companion. */
function loadCheckout(src: string): void {
  const script = document.createElement('script');
  script.type = 'module';
  script.src = src;
  script.addEventListener('error', () => update({ trouble: 'script' }));
  document.head.append(script);
}

window.addEventListener('popstate', () => void follow());
void follow();
fetchAbout().then(
  (about) => {
    update({ about });
    loadCheckout(about.script);
  },
  () => update({ trouble: 'script' }),
);
