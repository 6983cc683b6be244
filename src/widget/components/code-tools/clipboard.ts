/** `false` where the browser gives a page no clipboard: on plain http, or when the payer said no. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
