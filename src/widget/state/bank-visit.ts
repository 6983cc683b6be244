/**
 * Saves the payer's destination (a bank or a form) in the session storage, since phones discard pages while a bank's app is
 * open. The saved destination only selects the first screen after a reload, and lasts as long as the tab. It holds the bank's
 * name and links, but no token and no fields of a form.
 */
import type { Snapshot } from '../../protocol/snapshot.ts';
import { toJson } from '../browser/json.ts';
import type { ChosenBank, Destination } from './state.ts';

function keyOf({ payment_id }: Snapshot): string {
  return `sbp-checkout:gone:${payment_id}`;
}

/** Returns only the fields of a bank that are needed again. */
function kept({ id, name, url, links }: ChosenBank): object {
  return { id, name, url, links: links.map((link) => ({ url: link.url })) };
}

/**
 * Saves the destination for this version of the payment: a later snapshot selects the screen by itself. `null` deletes the
 * saved destination.
 */
export function saveDestination(snapshot: Snapshot, destination: Destination | null): void {
  try {
    if (destination)
      sessionStorage.setItem(
        keyOf(snapshot),
        toJson([snapshot.version, destination === 'form' ? destination : kept(destination)]),
      );
    else sessionStorage.removeItem(keyOf(snapshot));
  } catch {
    // A frame without storage: after a reload the payer sees the banks or the form's button again.
  }
}

/**
 * Returns the saved destination, `null` when there is none for this version. Any script on the page may have written it, so
 * bank-wait.ts checks the links again before they can be tapped.
 */
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
    return null; // Nothing was saved, or something else wrote it.
  }
}
