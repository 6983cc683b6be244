import type { AcquiringPayment, Session } from './messages.ts';

/**
 * Our references are `pay_…`, with a number at the end for later attempts. The same fields may contain values of other
 * systems.
 */
const OUR_REFERENCE = /^pay_[A-Za-z0-9_-]{1,28}$/;

/**
 * The values of `next_action` while the provider waits for our confirmation. Its form is not documented, so no other
 * value counts.
 */
const CONFIRM = ['confirm', 'ready_to_confirm'];

/** Returns our reference of the session's payment; `''` when the session contains none. */
export function referenceIn(session: Session): string {
  const payment = paymentIn(session);
  const names = [
    payment?.metadata,
    session.metadata,
    payment?.customer?.reference,
    session.customer?.reference,
  ];
  return names.find((name) => OUR_REFERENCE.test(name ?? '')) ?? '';
}

/** Returns the session's amount in kopecks and its currency; each is `null` when the session does not contain it. */
export function moneyIn(session: Session): { amount: number | null; currency: string | null } {
  const { amount = null, currency = null } = paymentIn(session)?.amount_details ?? {};
  return { amount, currency };
}

/** Returns the link for the payer; `null` when there is none. */
export function linkIn({ acquiring_payments, next_action }: Session): string | null {
  const interactions = acquiring_payments.map((payment) => payment.customer_interaction?.redirect?.url);
  const action = typeof next_action === 'object' ? next_action?.redirect?.url : null;
  return [...interactions, action].find((url) => typeof url === 'string') ?? null;
}

export function waitsForConfirmation({ next_action }: Session): boolean {
  const word = typeof next_action === 'string' ? next_action : next_action?.type;
  return CONFIRM.includes(word ?? '');
}

/** Returns the session's statuses as text for the operator's log. */
export function describeSession(session: Session): string {
  const payment = paymentIn(session)?.status ?? 'none';
  return `session ${session.status ?? 'unknown'}, payment ${payment}`.slice(0, 120);
}

/** Returns the payment that decides: a session may contain failed tries before it. `null` when there is none. */
export function paymentIn({ acquiring_payments: payments }: Session): AcquiringPayment | null {
  return (
    payments.find(({ status }) => status === 'succeeded') ??
    payments.find(({ status }) => status === 'in_progress' || status === 'pending') ??
    payments[0] ??
    null
  );
}
