import type { AcquiringPayment, Session } from './messages.ts';

/** Ours are `pay_…`, with a number behind for a payment's later attempts; others' words may stand in the same fields. */
const OUR_REFERENCE = /^pay_[A-Za-z0-9_-]{1,28}$/;

/** `next_action` while the provider waits for our word: its form is not documented, so no other word is taken for it. */
const CONFIRM = ['confirm', 'ready_to_confirm'];

/** Our reference of the session's payment; `''` when it names none of ours. */
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

/** Kopecks. */
export function moneyIn(session: Session): { amount: number | null; currency: string | null } {
  const { amount = null, currency = null } = paymentIn(session)?.amount_details ?? {};
  return { amount, currency };
}

/** The link that the payer is to be led to. */
export function linkIn({ acquiring_payments, next_action }: Session): string | null {
  const interactions = acquiring_payments.map((payment) => payment.customer_interaction?.redirect?.url);
  const action = typeof next_action === 'object' ? next_action?.redirect?.url : null;
  return [...interactions, action].find((url) => typeof url === 'string') ?? null;
}

export function waitsForConfirmation({ next_action }: Session): boolean {
  const word = typeof next_action === 'string' ? next_action : next_action?.type;
  return CONFIRM.includes(word ?? '');
}

/** Its words, for the operator's log. */
export function describeSession(session: Session): string {
  const payment = paymentIn(session)?.status ?? 'none';
  return `session ${session.status ?? 'unknown'}, payment ${payment}`.slice(0, 120);
}

/** The one that counts: a session may hold tries that failed before it. */
export function paymentIn({ acquiring_payments: payments }: Session): AcquiringPayment | null {
  return (
    payments.find(({ status }) => status === 'succeeded') ??
    payments.find(({ status }) => status === 'in_progress' || status === 'pending') ??
    payments[0] ??
    null
  );
}
