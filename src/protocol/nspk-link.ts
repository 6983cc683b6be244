/** The payment link in an SBP QR code. The link is read and never rewritten. Source: published samples. */

export interface NspkLink {
  /** 32 characters of `[0-9A-Z]`. */
  readonly id: string;
  /** `qr` for payments, `sub` for subscriptions. */
  readonly kind: 'qr' | 'sub';
  /** `01` reusable, `02` one payment, `03` subscription; absent in a bare link. */
  readonly type: string | null;
  /** Id of the *receiving* bank (not the payer's), 12 digits. */
  readonly bank: string | null;
  /** Kopecks. */
  readonly sum: number | null;
  readonly currency: string | null;
  readonly crc: CrcVerdict;
}

/** `mismatch` is a warning and no reason to refuse: published links have wrong checksums, too. */
export type CrcVerdict = 'ok' | 'mismatch' | 'absent';

const NSPK_LINK = /^https:\/\/(qr|sub)\.nspk\.ru\/([0-9A-Z]{32})(?:\?([\x21-\x7e]*))?$/;

/** Returns `null` for a link that is not NSPK's. Such a link is still shown. */
export function parseNspkLink(link: string): NspkLink | null {
  const match = NSPK_LINK.exec(link);
  if (!match) return null;
  const query = new URLSearchParams(match[3] ?? '');
  const sum = query.get('sum');
  return {
    id: match[2]!,
    kind: match[1] as 'qr' | 'sub',
    type: query.get('type'),
    bank: query.get('bank'),
    sum: sum !== null && /^\d{1,15}$/.test(sum) ? Number(sum) : null,
    currency: query.get('cur'),
    crc: checkCrc(link),
  };
}

/** Appends the checksum that NSPK's links end with. Only for links that the sandbox makes. */
export function withCrc(link: string): string {
  return `${link}&crc=${hex(crc16(link))}`;
}

function checkCrc(link: string): CrcVerdict {
  const at = link.lastIndexOf('&crc=');
  if (at < 0) return 'absent';
  return link.slice(at + 5) === hex(crc16(link.slice(0, at))) ? 'ok' : 'mismatch';
}

function hex(crc: number): string {
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

/** CRC-16/CCITT-FALSE over ASCII: polynomial 0x1021, initial value 0xFFFF, no reflection, no final xor. */
export function crc16(ascii: string): number {
  let crc = 0xffff;
  for (let i = 0; i < ascii.length; i++) {
    crc ^= ascii.charCodeAt(i) << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}
