import { isFormTarget } from '../protocol/form-target.ts';
import type { Snapshot } from '../protocol/snapshot.ts';

/** More than any payment system asks for; a page with thousands of hidden fields is somebody's attack. */
const MAX_FIELDS = 100;

/**
 * The snapshot without a form that may not be posted: one that leads elsewhere than to the web, or in another manner
 * than forms do. Then there is no way to pay yet. `origin`: the companion's.
 */
export function withSafeForm(snapshot: Snapshot, origin: string): Snapshot {
  const { presentation: offer } = snapshot;
  return offer.kind !== 'form' ||
    (/^(?:get|post)$/i.test(offer.http_method) &&
      offer.fields.length <= MAX_FIELDS &&
      isFormTarget(offer.action, origin))
    ? snapshot
    : { ...snapshot, presentation: { kind: 'pending' } };
}
