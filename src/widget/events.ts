import type { PaymentStatus } from '../protocol/status.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import type { Connection, Refusal } from './session/types.ts';

/** Bubbles out of every shadow root, so that a shop can listen wherever it likes. */
abstract class CheckoutEvent<Detail> extends CustomEvent<Detail> {
  constructor(type: string, detail: Detail, cancelable = false) {
    super(type, { detail, bubbles: true, composed: true, cancelable });
  }
}

/** The first snapshot has come. */
export class SbpReadyEvent extends CheckoutEvent<{ readonly snapshot: Snapshot }> {
  constructor(snapshot: Snapshot) {
    super('sbp-ready', { snapshot });
  }
}

/** The payment's status is another; `previous` is `null` the first time. */
export class SbpStatusEvent extends CheckoutEvent<{
  readonly status: PaymentStatus;
  readonly previous: PaymentStatus | null;
  readonly snapshot: Snapshot;
}> {
  constructor(snapshot: Snapshot, previous: PaymentStatus | null) {
    super('sbp-status', { status: snapshot.status, previous, snapshot });
  }
}

export type ResultStatus = 'paid' | 'failed' | 'expired' | 'canceled';

/** One of the four results, each once (and once more after a renewal): `sbp-paid`, `sbp-failed`, `sbp-expired`, `sbp-canceled`. */
export class SbpResultEvent extends CheckoutEvent<{ readonly snapshot: Snapshot }> {
  constructor(status: ResultStatus, snapshot: Snapshot) {
    super(`sbp-${status}`, { snapshot });
  }
}

/** A bank was tapped. `preventDefault()` leaves the opening of `url` to the shop. */
export class SbpBankOpenEvent extends CheckoutEvent<{
  readonly id: string;
  readonly name: string;
  readonly url: string;
}> {
  constructor(bank: { id: string; name: string; url: string }) {
    super('sbp-bank-open', { id: bank.id, name: bank.name, url: bank.url }, true);
  }
}

export class SbpConnectionEvent extends CheckoutEvent<{ readonly connection: Connection }> {
  constructor(connection: Connection) {
    super('sbp-connection', { connection });
  }
}

/**
 * This payment cannot be opened; after `no-companion` it may still be, as soon as the companion answers. Never sent for a
 * payment that failed, nor for a connection that is lost later.
 */
export class SbpErrorEvent extends CheckoutEvent<{ readonly code: Refusal }> {
  constructor(code: Refusal) {
    super('sbp-error', { code });
  }
}

export type Step = 'shown' | 'qr' | 'banks' | 'bank-open' | 'returned' | 'renewed' | 'result';

/** The payer's way through the checkout, for the shop's own statistics. Holds no personal data. */
export class SbpStepEvent extends CheckoutEvent<{ readonly step: Step }> {
  constructor(step: Step) {
    super('sbp-step', { step });
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'sbp-ready': SbpReadyEvent;
    'sbp-status': SbpStatusEvent;
    'sbp-paid': SbpResultEvent;
    'sbp-failed': SbpResultEvent;
    'sbp-expired': SbpResultEvent;
    'sbp-canceled': SbpResultEvent;
    'sbp-bank-open': SbpBankOpenEvent;
    'sbp-connection': SbpConnectionEvent;
    'sbp-error': SbpErrorEvent;
    'sbp-step': SbpStepEvent;
  }
}
