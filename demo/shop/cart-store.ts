import { findProduct, MAX_QUANTITY } from './catalog.ts';

const KEY = 'romashka-cart';

/** Keeps the cart across reloads in browsers that allow storage. */
export function loadCart(): Map<string, number> {
  try {
    const saved: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    const entries = Array.isArray(saved) ? (saved as unknown[]) : [];
    return new Map(entries.filter(isEntry));
  } catch {
    return new Map(); // storage is disabled, or holds foreign text
  }
}

export function saveCart(cart: ReadonlyMap<string, number>): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...cart]));
  } catch {
    // storage is disabled or full: the cart is lost with the page
  }
}

function isEntry(entry: unknown): entry is [string, number] {
  if (!Array.isArray(entry)) return false;
  const [sku, quantity] = entry as unknown[];
  if (typeof sku !== 'string' || !findProduct(sku)) return false;
  return Number.isInteger(quantity) && (quantity as number) > 0 && (quantity as number) <= MAX_QUANTITY;
}
