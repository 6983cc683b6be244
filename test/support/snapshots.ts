import type { Snapshot } from '../../src/protocol/snapshot.ts';

export const LINK =
  'https://qr.nspk.ru/AD10001RQ10OT70E8LEOT61G16J41I09?type=02&bank=100000000111&sum=1400&cur=RUB&crc=62E3';

/** `leftMs`: the time to pay by the server's clock, ms. The browser's clock may differ. */
export function snapshot(
  changes: Partial<Snapshot> & { leftMs?: number; serverNow?: number } = {},
): Snapshot {
  const { leftMs = 600_000, serverNow = Date.now(), ...rest } = changes;
  return {
    version: 1,
    payment_id: 'pay_1',
    order_id: 'ORD-100500',
    amount: 125_000,
    currency: 'RUB',
    description: null,
    merchant: { name: 'Магазин «Ромашка»', logo_url: null },
    status: 'created',
    failure: null,
    late: false,
    test: false,
    sandbox: false,
    paid_at: null,
    refunded_amount: 0,
    method: 'sbp',
    methods: ['sbp'],
    presentation: { kind: 'link', url: LINK, deep_link: null },
    device: { type: 'desktop', os: null, browser: null },
    expires_at: new Date(serverNow + leftMs).toISOString(),
    now: new Date(serverNow).toISOString(),
    return_url: null,
    receipt_url: null,
    actions: [],
    ...rest,
  };
}

export function sse(value: Snapshot): string {
  return `event: snapshot\nid: ${value.version}\ndata: ${JSON.stringify(value)}\n\n`;
}

export const END = 'event: end\ndata: {}\n\n';
