/** The demo shop's page: keeps the model, talks to the shop's server, and draws. */
import { render } from 'lit';
import { parseMoney } from '../../src/protocol/money.ts';
import { createOrder, fetchAbout, fetchOrder, retryOrder, ShopError, type Item } from './api.ts';
import { loadCart, saveCart } from './cart-store.ts';
import { GIFT_MAX, GIFT_MIN, GIFT_SKU } from './catalog.ts';
import type { Actions, Model } from './model.ts';
import type { Order, OrderAnswer } from './order.ts';
import { page } from './views/page.ts';
import { WORDS } from './words.ts';

const root = document.querySelector<HTMLElement>('#shop')!;

/** The companion's webhook reaches the shop's server within seconds of the checkout's own news. */
const CONFIRM_EVERY_MS = 700;
const CONFIRM_TRIES = 40;
/** An extra payment's way back is looked at as often while its order is on the page. */
const RETURNING_EVERY_MS = 3_000;

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
  confirm: (paid) => void confirm(paid),
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
  const order = orderOnPage();
  if (!order || model.starting) return;
  update({ starting: true, trouble: null });
  try {
    const answer = await retryOrder(order.id);
    showOrder(answer);
    // Nothing to pay: the former payment was paid a moment before, and the shop's server is about to hear of it.
    if (answer.order.status === 'failed') void confirm(true);
  } catch {
    update({ trouble: 'start' });
  } finally {
    update({ starting: false });
  }
}

/** The checkout has a result; the shop's server has the last word on what it means for the order. */
async function confirm(paid: boolean): Promise<void> {
  const { place } = model;
  if (place.kind !== 'order' || place.confirming) return;
  const before = place.answer.order;
  if (paid) update({ place: { ...place, confirming: true } });
  for (let tries = 0; tries < CONFIRM_TRIES; tries++) {
    await refresh();
    const now = orderOnPage();
    if (now?.id !== before.id || isSettled(now, before, paid)) break;
    await new Promise((resolve) => setTimeout(resolve, CONFIRM_EVERY_MS));
  }
  const after = model.place;
  if (paid && after.kind === 'order') update({ place: { ...after, confirming: false } });
}

/**
 * Returns whether the shop's server knows the checkout's result. A change alone proves nothing: the answer may bring
 * older news that this tab has not seen yet.
 */
function isSettled(now: Order, before: Order, paid: boolean): boolean {
  if (now.status === 'waiting') return false;
  return !paid || now.status === 'paid' || now.extraPayments.length > before.extraPayments.length;
}

/** Another tab, or another device, may have changed the order. */
async function refresh(): Promise<void> {
  const id = orderOnPage()?.id;
  const answer = id === undefined ? null : await fetchOrder(id).catch(() => null);
  if (answer && orderOnPage()?.id === id) showOrder(answer);
}

let returning: ReturnType<typeof setTimeout> | undefined;
function watchReturning({ extraPayments }: Order): void {
  clearTimeout(returning);
  if (extraPayments.includes('returning')) returning = setTimeout(() => void refresh(), RETURNING_EVERY_MS);
}

function orderOnPage(): Order | null {
  return model.place.kind === 'order' ? model.place.answer.order : null;
}

function showOrder(answer: OrderAnswer): void {
  const { order } = answer;
  const shown = model.place.kind === 'order' && model.place.answer.order.id === order.id ? model.place : null;
  watchReturning(order);
  // Answers may overtake each other.
  if (shown && shown.answer.order.revision > order.revision) return;
  const token = answer.token ?? shown?.token ?? null;
  const cart = order.status === 'paid' ? new Map<string, number>() : model.cart;
  if (order.status === 'paid') saveCart(cart);
  const confirming = order.status !== 'paid' && (shown?.confirming ?? false);
  update({ cart, place: { kind: 'order', answer, token, confirming }, trouble: null });
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
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') void refresh();
});
void follow();
fetchAbout().then(
  (about) => {
    update({ about });
    loadCheckout(about.script);
  },
  () => update({ trouble: 'script' }),
);
