/**
 * That the payer has gone to the payment system's page, for when this page is loaded anew on the way back: only a hint
 * of what to say first, kept as long as the tab. Holds no token and nothing of the form.
 */
import type { Snapshot } from '../../../protocol/snapshot.ts';

const KEY = 'sbp-checkout:gone';

/** By its version: once anything has happened to the payment, the snapshot speaks for itself. */
function nameOf({ payment_id, version }: Snapshot): string {
  return `${payment_id} ${version}`;
}

export function rememberDeparture(snapshot: Snapshot): void {
  try {
    sessionStorage.setItem(KEY, nameOf(snapshot));
  } catch {
    // A frame without storage: the payer sees the form's button once more.
  }
}

export function hasDeparted(snapshot: Snapshot): boolean {
  try {
    return sessionStorage.getItem(KEY) === nameOf(snapshot);
  } catch {
    return false;
  }
}
