import { isFormTarget } from '../../protocol/form-target.ts';
import { isAllowedLink, isWebAddress } from '../../protocol/link-scheme.ts';
import type { Presentation, Snapshot } from '../../protocol/snapshot.ts';

/** More than any payment system asks for; a page with thousands of hidden fields is somebody's attack. */
const MAX_FIELDS = 100;

/**
 * The snapshot without an offer that no payer is to be led to: a link, also in a code, to anywhere but the web or a
 * bank's app; a form that leads elsewhere than to the web, or in another manner than forms do. Then there is no way to
 * pay yet. `origin`: the companion's.
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
