/**
 * The meaning of a session's status and of its payment's status. To change what one of them does to a payment, change it
 * here.
 */
import type { PaymentStatus } from '../../../protocol/status.ts';
import type { AcquiringPayment, Session } from './messages.ts';
import { linkIn, paymentIn } from './session.ts';

/**
 * Returns the payment status of a session. `null` for an unknown status, and for statuses that contradict each other: an
 * accepted session without a successful payment, or a canceled or failed session with one.
 */
export function paymentStatus(session: Session): PaymentStatus | null {
  const payment = paymentIn(session);
  const succeeded = payment?.status === 'succeeded';
  switch (session.status) {
    case 'created':
    case 'in_progress':
      return payment ? openPaymentStatus(session, payment) : 'created';
    case 'accepted':
      return succeeded ? 'paid' : null;
    // The document spells it "cancelled" in its table and "canceled" in its prose.
    case 'cancelled':
    case 'canceled':
      return succeeded ? null : 'canceled';
    case 'error':
      return succeeded ? null : 'failed';
    default:
      return null;
  }
}

function openPaymentStatus(session: Session, payment: AcquiringPayment): PaymentStatus | null {
  switch (payment.status) {
    case 'in_progress':
    // The session is open: another try may follow and be paid.
    case 'failed':
      return 'created';
    case 'pending':
      // The document does not say what "pending" waits for. While the session asks something of us or of the payer, no
      // money is moving, and the page must show the payer what is asked.
      return linkIn(session) === null && session.next_action === null ? 'processing' : 'created';
    case 'succeeded':
      return 'paid';
    default:
      return null;
  }
}
