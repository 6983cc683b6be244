/** What a payer does with a link other than following it. */

/** `false` where the browser gives a page no clipboard: on plain http, in an app's browser, or when the payer said no. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export function canShare(): boolean {
  return typeof navigator.share === 'function';
}

/** By the system's own sheet. */
export async function share(what: ShareData): Promise<void> {
  try {
    await navigator.share(what);
  } catch {
    // Called off by the payer, or refused in this frame: the other ways remain.
  }
}
