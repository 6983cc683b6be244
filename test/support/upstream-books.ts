import type { Trick } from './upstream-proxy.ts';

interface Bill {
  readonly payment_id: string;
  readonly order_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly qr_id: string;
  readonly qr_payload: string;
  status: string;
}

/**
 * A payment system with the SBP API that survives crashes of its callers. Its books show which calls really took
 * effect.
 */
export class UpstreamBooks {
  /** Payments by idempotency key: the same payment requested with two keys counts as two payments. */
  readonly payments = new Map<string, Bill>();
  readonly refunds = new Map<string, { readonly payment_id: string; readonly amount: number }>();
  /** Payments whose code was closed. */
  readonly closed = new Set<string>();
  /** Idempotency keys that were used again with another body. */
  readonly conflicts: string[] = [];
  /** Called after a call has taken effect and before its response. If it resolves to true, the response is lost. */
  losesAnswer: () => Promise<boolean> = () => Promise.resolve(false);
  readonly #bodies = new Map<string, string>();
  #made = 0;

  readonly answer: Trick = async ({ method, path, headers, body }, response) => {
    const { status, body: responseBody } = this.#serve(`${method} ${path}`, headers['idempotency-key'], body);
    if (await this.losesAnswer()) response.destroy();
    else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(responseBody));
  };

  /** Returns the payments created for one of our payments, including its renewals. */
  of(paymentId: string): Bill[] {
    return [...this.payments.values()].filter(({ order_id }) => order_id.startsWith(paymentId));
  }

  #serve(call: string, header: unknown, body: string): { status: number; body: unknown } {
    const key = typeof header === 'string' ? header : `none-${this.#made}`;
    const [path = '', query] = call.replace('/api/sbp/v1', '').split('?');
    const given = (body === '' ? {} : JSON.parse(body)) as Partial<Bill>;
    if (path === 'POST /payments' || path === 'POST /refunds') {
      if ((this.#bodies.get(key) ?? body) !== body) this.conflicts.push(key);
      this.#bodies.set(key, body);
    }
    if (path === 'POST /payments') return { status: 201, body: this.#bill(key, given) };
    if (path === 'POST /refunds') {
      const refund = { payment_id: given.payment_id!, amount: given.amount! };
      this.refunds.set(key, this.refunds.get(key) ?? refund);
      return { status: 201, body: { status: 'succeeded', amount: given.amount } };
    }
    const order = new URLSearchParams(query).get('order_id');
    const bills = [...this.payments.values()];
    if (path === 'GET /payments')
      return { status: 200, body: { items: bills.filter((bill) => bill.order_id === order) } };
    const bill = bills.find(({ payment_id }) => path.split('/')[2] === payment_id);
    if (!bill) return { status: 404, body: { code: 'payment_not_found' } };
    if (path.endsWith('/close')) this.closed.add(bill.payment_id);
    return { status: 200, body: bill };
  }

  #bill(key: string, { order_id = '', amount = 0 }: Partial<Bill>): Bill {
    const known = this.payments.get(key);
    if (known) return known;
    const n = ++this.#made;
    const bill: Bill = {
      payment_id: `up_${n}`,
      order_id,
      amount,
      currency: 'RUB',
      qr_id: `UP${n}`,
      qr_payload: `https://qr.nspk.ru/UP${n}`,
      status: 'created',
    };
    this.payments.set(key, bill);
    return bill;
  }
}
