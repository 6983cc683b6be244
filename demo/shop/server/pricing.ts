import { isKopecks } from '../../../src/protocol/money.ts';
import { findProduct, GIFT_MAX, GIFT_MIN, GIFT_NAME, GIFT_SKU, MAX_QUANTITY } from '../catalog.ts';
import type { OrderLine } from '../order.ts';

/** More lines than the shop has products. */
const MAX_LINES = 20;

/**
 * Returns the lines of an order at the shop's own prices, ignoring prices from the browser. Only a gift certificate has the
 * buyer's amount (kopecks), within its limits. `null` for an invalid order.
 */
export function priceItems(items: unknown): readonly OrderLine[] | null {
  if (!Array.isArray(items) || items.length === 0 || items.length > MAX_LINES) return null;
  const lines = items.map(priceItem);
  return lines.every((line) => line !== null) ? lines : null;
}

export function totalOf(lines: readonly OrderLine[]): number {
  return lines.reduce((total, { price, quantity }) => total + price * quantity, 0);
}

/** Returns the description for the payer's bank: `Иван-чай × 2, Липовый мёд`. */
export function describe(lines: readonly OrderLine[]): string {
  const names = lines.map(({ sku, quantity }) => {
    const name = (findProduct(sku)?.name ?? GIFT_NAME).ru;
    return quantity > 1 ? `${name} × ${quantity}` : name;
  });
  return names.join(', ').slice(0, 140);
}

function priceItem(item: unknown): OrderLine | null {
  const { sku, quantity, amount } = (item ?? {}) as Record<string, unknown>;
  if (sku === GIFT_SKU) {
    const fits = isKopecks(amount) && amount >= GIFT_MIN && amount <= GIFT_MAX;
    return fits ? { sku, quantity: 1, price: amount } : null;
  }
  const product = typeof sku === 'string' ? findProduct(sku) : undefined;
  if (!product || !Number.isInteger(quantity)) return null;
  if ((quantity as number) < 1 || (quantity as number) > MAX_QUANTITY) return null;
  return { sku: product.sku, quantity: quantity as number, price: product.price };
}
