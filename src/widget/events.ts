import type { PaymentStatus } from '../protocol/status.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import type { Connection, Refusal } from './session/types.ts';

/** Base of all events of the element. Each bubbles and crosses shadow roots, so that a shop can listen on any ancestor. */
abstract class CheckoutEvent<Detail> extends CustomEvent<Detail> {
  constructor(type: string, detail: Detail, cancelable = false) {
    super(type, { detail, bubbles: true, composed: true, cancelable });
  }
}

/** Emitted when the first snapshot of the payment arrives. */
export class SbpReadyEvent extends CheckoutEvent<{ readonly snapshot: Snapshot }> {
  constructor(snapshot: Snapshot) {
    super('sbp-ready', { snapshot });
  }
}

/** Emitted when the payment's status changes. `previous` is `null` for the first snapshot. */
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

/**
 * Emitted when the payment gets a result: `sbp-paid`, `sbp-failed`, `sbp-expired` or `sbp-canceled`. Each is emitted once, and
 * once more after a renewal.
 */
export class SbpResultEvent extends CheckoutEvent<{ readonly snapshot: Snapshot }> {
  constructor(status: ResultStatus, snapshot: Snapshot) {
    super(`sbp-${status}`, { snapshot });
  }
}

/** Emitted when the payer taps a bank. After `preventDefault()` the shop has to open `url` itself. */
export class SbpBankOpenEvent extends CheckoutEvent<{
  readonly id: string;
  readonly name: string;
  readonly url: string;
}> {
  constructor(bank: { id: string; name: string; url: string }) {
    super('sbp-bank-open', { id: bank.id, name: bank.name, url: bank.url }, true);
  }
}

/** Emitted when the state of the connection to the companion changes. */
export class SbpConnectionEvent extends CheckoutEvent<{ readonly connection: Connection }> {
  constructor(connection: Connection) {
    super('sbp-connection', { connection });
  }
}

/**
 * Emitted when the payment cannot be opened. After the code `no-companion` the payment still opens as soon as the companion
 * responds. Not emitted for a payment that failed, nor for a connection that is lost later.
 */
export class SbpErrorEvent extends CheckoutEvent<{ readonly code: Refusal }> {
  constructor(code: Refusal) {
    super('sbp-error', { code });
  }
}

export type Step = 'shown' | 'qr' | 'banks' | 'bank-open' | 'returned' | 'renewed' | 'result';

/** Emitted once for each step of the payer through the checkout, for the shop's statistics. Holds no personal data. */
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
