import qrcode from 'qrcode-generator';

export interface Addresses {
  readonly shopPort: number;
  /** The shop's address for a phone on the same network; `null` without a network. */
  readonly lanUrl: string | null;
  readonly companionUrl: string;
  readonly apiKey: string;
  /** Pages that act as the payer's bank app of a simulated system. */
  readonly bankPages: readonly { readonly system: string; readonly url: string }[];
}

/** Returns the text that the demo prints at start: its addresses and keys. */
export function greeting({ shopPort, lanUrl, companionUrl, apiKey, bankPages }: Addresses): string {
  const lines = [
    '',
    `  The shop is open:  http://localhost:${shopPort}`,
    ...(lanUrl === null
      ? ['  No local network found: pay in a second tab instead of a phone.', '']
      : [`  From a phone on the same network:  ${lanUrl}`, '', qrText(lanUrl)]),
    ...bankPages.map(({ system, url }) => `  The simulated bank of ${system}:  ${url}`),
    ...(bankPages.length > 0 ? [''] : []),
    `  The merchant API:  ${companionUrl}/api/sbp/v1`,
    `  Its key, for this machine's demo only:  ${apiKey}`,
    `  Its reference:  ${companionUrl}/docs`,
    '',
    '  Ctrl-C to stop.',
    '',
  ];
  return lines.join('\n');
}

function qrText(url: string): string {
  const qr = qrcode(0, 'L');
  qr.addData(url);
  qr.make();
  return qr.createASCII(1, 2).replace(/^/gm, '  ') + '\n';
}
