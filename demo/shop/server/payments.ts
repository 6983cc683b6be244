import { setTimeout as wait } from 'node:timers/promises';

export interface PaymentRequest {
  readonly order_id: string;
  /** Kopecks. */
  readonly amount: number;
  readonly description: string;
  readonly return_url: string;
  readonly callback_url: string;
  /** Who pays: some acquirers insist on parts of it. */
  readonly customer?: { readonly ip: string; readonly phone: string; readonly email: string };
  /** The ways to pay that this shop offers; the companion's first one unless given. */
  readonly methods?: readonly string[];
}

export interface StartedPayment {
  readonly paymentId: string;
  readonly token: string;
}

export interface PaymentsOptions {
  readonly companionUrl: string;
  readonly apiKey: string;
}

const ATTEMPTS = 3;
const TIMEOUT_MS = 10_000;
const PAUSE_MS = 300;

/**
 * Asks the companion for a payment, as any shop's server would. An answer that was lost on the way is asked for
 * again under the same key, which gives the same payment and never a second one.
 */
export async function startPayment(
  { companionUrl, apiKey }: PaymentsOptions,
  payment: PaymentRequest,
  idempotencyKey: string,
): Promise<StartedPayment> {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(`${companionUrl}/api/sbp/v1/payments`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey,
        },
        body: JSON.stringify(payment),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return await readAnswer(response);
    } catch (error) {
      if (attempt === ATTEMPTS || error instanceof RefusedPayment) throw error;
      await wait(PAUSE_MS * attempt);
    }
  }
}

/** The request itself is wrong; repeating it would not help. */
class RefusedPayment extends Error {
  override readonly name = 'RefusedPayment';
}

async function readAnswer(response: Response): Promise<StartedPayment> {
  const body = (await response.json()) as Record<string, unknown>;
  if (response.ok) {
    const { payment_id: paymentId, token } = body;
    if (typeof paymentId === 'string' && typeof token === 'string') return { paymentId, token };
    throw new Error('The companion answered without a payment');
  }
  const message = `The companion answered ${response.status}: ${JSON.stringify(body)}`;
  // 409: the first request is still being worked on; 429 and 5xx: not now.
  const passing = response.status === 409 || response.status === 429 || response.status >= 500;
  throw passing ? new Error(message) : new RefusedPayment(message);
}
