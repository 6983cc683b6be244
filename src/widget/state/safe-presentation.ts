import { isFormTarget } from '../../protocol/form-target.ts';
import { isAllowedLink, isWebAddress } from '../../protocol/link-scheme.ts';
import type { Presentation, Snapshot } from '../../protocol/snapshot.ts';

/** More than any payment system needs. A page with thousands of hidden fields would be an attack. */
const MAX_FIELDS = 100;

/**
 * Returns the snapshot with an unsafe presentation replaced by `pending`. A link, also inside a QR code, may only lead to the web
 * or to a bank's app. A form may only be submitted to the web, by GET or POST. `origin` is the origin of the companion's URL.
 */
export function withSafePresentation(snapshot: Snapshot, origin: string): Snapshot {
  return isSafe(snapshot.presentation, origin)
    ? snapshot
    : { ...snapshot, presentation: { kind: 'pending' } };
}

function isSafe(offer: Presentation, origin: string): boolean {
  switch (offer.kind) {
    case 'link':
      return isWebAddress(offer.url) || isAllowedLink(offer.url);
    case 'form':
      return (
        /^(?:get|post)$/i.test(offer.http_method) &&
        offer.fields.length <= MAX_FIELDS &&
        isFormTarget(offer.action, origin)
      );
    default:
      return true;
  }
}
