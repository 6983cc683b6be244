import { findProduct, MAX_QUANTITY } from './catalog.ts';

const KEY = 'romashka-cart';

/** The cart survives a reload; a browser that stores nothing merely forgets it. */
export function loadCart(): Map<string, number> {
  try {
    const saved: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    const entries = Array.isArray(saved) ? (saved as unknown[]) : [];
    return new Map(entries.filter(isEntry));
  } catch {
    return new Map(); // storage is off, or holds another program's text
  }
}

export function saveCart(cart: ReadonlyMap<string, number>): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...cart]));
  } catch {
    // storage is off or full: the cart lives as long as the page
  }
}

function isEntry(entry: unknown): entry is [string, number] {
  if (!Array.isArray(entry)) return false;
  const [sku, quantity] = entry as unknown[];
  if (typeof sku !== 'string' || !findProduct(sku)) return false;
  return Number.isInteger(quantity) && (quantity as number) > 0 && (quantity as number) <= MAX_QUANTITY;
}
