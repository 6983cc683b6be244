/** The demo shop's page: keeps the model, calls the shop's server, and renders. */
import { render } from 'lit';
import { parseMoney } from '../../src/protocol/money.ts';
import { createOrder, fetchAbout, fetchOrder, retryOrder, ShopError, type Item } from './api.ts';
import { loadCart, saveCart } from './cart-store.ts';
import { GIFT_MAX, GIFT_MIN, GIFT_SKU } from './catalog.ts';
import type { Actions, Model } from './model.ts';
import type { Order, OrderAnswer } from './order.ts';
import { page } from './views/page.ts';
import { TEXTS } from './texts.ts';

const root = document.querySelector<HTMLElement>('#shop')!;

/** The webhook reaches the shop's server within seconds after the checkout shows the result. */
const CONFIRM_EVERY_MS = 700;
const CONFIRM_TRIES = 40;
/** Interval at which the page checks the refund of an extra payment. */
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
  const { name, trade } = TEXTS[model.locale];
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

/** Keeps the focus at this product: the pressed button may have been replaced. */
function keepFocusAt(sku: string): void {
  if (document.activeElement !== document.body) return;
  root.querySelector<HTMLElement>(`[data-sku="${sku}"] .buy button:last-of-type`)?.focus();
}

async function buy(items: readonly Item[]): Promise<void> {
  if (model.starting) return;
  update({ starting: true, trouble: null });
  try {
    const answer = await createOrder(items);
    // The address contains the order's id, never its token: addresses end up in logs.
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
    // No token: the former payment was just paid, and its webhook is on the way to the shop's server.
    if (answer.order.status === 'failed') void confirm(true);
  } catch {
    update({ trouble: 'start' });
  } finally {
    update({ starting: false });
  }
}

/** Handles the checkout's result. The shop's server decides what it means for the order. */
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
 * Returns true if the shop's server knows the checkout's result. A changed order alone is no proof: the response may contain
 * an older change that this tab has not seen.
 */
function isSettled(now: Order, before: Order, paid: boolean): boolean {
  if (now.status === 'waiting') return false;
  return !paid || now.status === 'paid' || now.extraPayments.length > before.extraPayments.length;
}

/** Reloads the order, which another tab or device may have changed. */
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
  // Responses may arrive out of order.
  if (shown && shown.answer.order.revision > order.revision) return;
  const token = answer.token ?? shown?.token ?? null;
  const cart = order.status === 'paid' ? new Map<string, number>() : model.cart;
  if (order.status === 'paid') saveCart(cart);
  const confirming = order.status !== 'paid' && (shown?.confirming ?? false);
  update({ cart, place: { kind: 'order', answer, token, confirming }, trouble: null });
}

/** Shows the order in the address, so that a reload or a link during a payment opens the same order. */
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

/** Loads the element as a merchant's page does: by one script tag from the companion. */
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
