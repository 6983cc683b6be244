/**
 * Keeps the payer's destination (a bank or a form) for when this page is loaded anew on the way back: phones throw pages
 * away while a bank's app is open. It only hints at the first screen, and lasts as long as the tab. Holds the bank's name
 * and links; no token and nothing of a form.
 */
import type { Snapshot } from '../../protocol/snapshot.ts';
import { toJson } from '../browser/json.ts';
import type { ChosenBank, Destination } from './state.ts';

function keyOf({ payment_id }: Snapshot): string {
  return `sbp-checkout:gone:${payment_id}`;
}

/** Nothing else that a bank has with it. */
function kept({ id, name, url, links }: ChosenBank): object {
  return { id, name, url, links: links.map((link) => ({ url: link.url })) };
}

/** By its version: once anything has happened to the payment, the snapshot speaks for itself. `null` forgets. */
export function saveDestination(snapshot: Snapshot, destination: Destination | null): void {
  try {
    if (destination)
      sessionStorage.setItem(
        keyOf(snapshot),
        toJson([snapshot.version, destination === 'form' ? destination : kept(destination)]),
      );
    else sessionStorage.removeItem(keyOf(snapshot));
  } catch {
    // A frame without storage: the payer sees the banks or the form's button once more.
  }
}

/** Any script of the page may have written it: a link is looked at once more before it may be tapped (bank-wait.ts). */
export function recallDestination(snapshot: Snapshot): Destination | null {
  try {
    const [version, destination] = JSON.parse(sessionStorage.getItem(keyOf(snapshot))!) as [
      number,
      Destination,
    ];
    const known =
      destination === 'form' ||
      [destination, ...destination.links].every(({ url }) => typeof url === 'string');
    return known && version === snapshot.version ? destination : null;
  } catch {
    return null; // nothing there, or not ours
  }
}
