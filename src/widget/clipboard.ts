/** What became of "copy link": `by-hand` where the browser gives a page no clipboard. */
export type Copied = 'no' | 'yes' | 'by-hand';

export async function copyText(text: string): Promise<Copied> {
  try {
    await navigator.clipboard.writeText(text);
    return 'yes';
  } catch {
    return 'by-hand'; // no clipboard on a plain-http page, or the payer said no
  }
}
