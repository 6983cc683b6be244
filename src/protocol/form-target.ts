const WEB_ADDRESS = /^https?:\/\/[\w.-]+(?::\d+)?(?:[/?][!-~]*)?$/;

/**
 * Whether a form may be posted there: https, and plain http only where the companion itself is on plain http
 * (development: the payment system's stand-in is another server beside it). Only what reads the same to everyone: no
 * names and passwords, no white space, nothing that a browser would have to repair.
 */
export function isFormTarget(action: string, companionOrigin: string): boolean {
  return WEB_ADDRESS.test(action) && (action.startsWith('https:') || companionOrigin.startsWith('http:'));
}
