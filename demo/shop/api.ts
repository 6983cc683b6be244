import type { About, OrderAnswer } from './order.ts';

export interface Item {
  readonly sku: string;
  readonly quantity?: number;
  /** Kopecks; only for a gift certificate. */
  readonly amount?: number;
}

/** The shop's server refused the request. `status` distinguishes an unknown order from a temporary failure. */
export class ShopError extends Error {
  override readonly name = 'ShopError';
  readonly status: number;
  constructor(status: number) {
    super(`The shop answered ${status}`);
    this.status = status;
  }
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init);
  if (!response.ok) throw new ShopError(response.status);
  return (await response.json()) as T;
}

export const fetchAbout = () => call<About>('/api/about');

export const createOrder = (items: readonly Item[]) =>
  call<OrderAnswer>('/api/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items }),
  });

export const fetchOrder = (id: string) => call<OrderAnswer>(`/api/orders/${encodeURIComponent(id)}`);

export const retryOrder = (id: string) =>
  call<OrderAnswer>(`/api/orders/${encodeURIComponent(id)}/retry`, { method: 'POST' });
