/** Copies and shares links. */

/** Returns `false` when the page has no clipboard: on plain http, in an in-app browser, or when the payer denied access. */
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

/** Opens the system's share sheet. */
export async function share(what: ShareData): Promise<void> {
  try {
    await navigator.share(what);
  } catch {
    // The payer closed the sheet, or this frame may not share. The other buttons remain.
  }
}
