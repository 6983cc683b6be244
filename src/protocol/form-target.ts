const WEB_ADDRESS = /^https?:\/\/[\w.-]+(?::\d+)?(?:[/?][!-~]*)?$/;

/**
 * Returns true if a form may be posted to the address: https, or plain http when the companion itself is on plain http
 * (in development the simulated payment system is another local server). The address must read the same to every
 * parser: no credentials, no white space, nothing that a browser would have to repair.
 */
export function isFormTarget(action: string, companionOrigin: string): boolean {
  return WEB_ADDRESS.test(action) && (action.startsWith('https:') || companionOrigin.startsWith('http:'));
}
