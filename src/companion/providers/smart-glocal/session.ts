import type { PaymentStatus } from '../../../protocol/status.ts';
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

/**
 * Where the payment stands; `null` for words we do not know, and for those that contradict each other: a session that
 * is accepted without a payment that succeeded, or over in spite of one.
 */
export function standingOf(session: Session): PaymentStatus | null {
  const payment = paymentIn(session);
  const taken = payment?.status === 'succeeded';
  switch (session.status) {
    case 'created':
    case 'in_progress':
      return payment ? whileOpen(session, payment) : 'created';
    case 'accepted':
      return taken ? 'paid' : null;
    // The document spells it one way in its table and the other way in its prose.
    case 'cancelled':
    case 'canceled':
      return taken ? null : 'canceled';
    case 'error':
      return taken ? null : 'failed';
    default:
      return null;
  }
}

function whileOpen(session: Session, payment: AcquiringPayment): PaymentStatus | null {
  switch (payment.status) {
    case 'in_progress':
    // The session is open: another try may follow, and be paid.
    case 'failed':
      return 'created';
    case 'pending':
      // What it waits for is not documented. While something is asked of us or of the payer, nothing is under way, and
      // the page must show the payer what is asked.
      return linkIn(session) === null && session.next_action === null ? 'processing' : 'created';
    case 'succeeded':
      return 'paid';
    default:
      return null;
  }
}

/** Its words, for the operator's log. */
export function wordsOf(session: Session): string {
  const payment = paymentIn(session)?.status ?? 'none';
  return `session ${session.status ?? 'unknown'}, payment ${payment}`.slice(0, 120);
}

/** The one that counts: a session may hold tries that failed before it. */
function paymentIn({ acquiring_payments: payments }: Session): AcquiringPayment | null {
  return (
    payments.find(({ status }) => status === 'succeeded') ??
    payments.find(({ status }) => status === 'in_progress' || status === 'pending') ??
    payments[0] ??
    null
  );
}
