import type { BankList } from '../../src/protocol/banks.ts';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import type { Screen } from '../../src/widget/state.ts';

const LINK =
  'https://qr.nspk.ru/AD10001RQ10OT70E8LEOT61G16J41I09?type=02&bank=100000000111&sum=125000&cur=RUB&crc=70B8';

export interface Scenario {
  readonly name: string;
  readonly screen: Screen;
  readonly device: 'desktop' | 'mobile' | 'tablet';
  readonly snapshot: Partial<Snapshot> | null;
  /** Milliseconds from now to the end of the time to pay. */
  readonly left?: number;
  /** What the companion answers instead of a snapshot. */
  readonly httpStatus?: number;
  /** The payer taps the first bank. */
  readonly tapsBank?: boolean;
  /** The bank list cannot be had. */
  readonly noBanks?: boolean;
}

const MINUTES = 60_000;

export const SCENARIOS: readonly Scenario[] = [
  { name: 'loading', screen: 'loading', device: 'desktop', snapshot: null },
  { name: 'loading-phone', screen: 'loading', device: 'mobile', snapshot: null },
  { name: 'pay', screen: 'pay', device: 'desktop', snapshot: {} },
  { name: 'pay-late', screen: 'pay', device: 'desktop', snapshot: {}, left: 1.5 * MINUTES },
  { name: 'pay-phone', screen: 'pay', device: 'mobile', snapshot: {} },
  { name: 'pay-no-banks', screen: 'pay', device: 'mobile', snapshot: {}, noBanks: true },
  { name: 'pay-tablet', screen: 'pay', device: 'tablet', snapshot: {} },
  { name: 'waiting', screen: 'waiting', device: 'mobile', snapshot: {}, tapsBank: true },
  { name: 'processing', screen: 'waiting', device: 'desktop', snapshot: { status: 'processing' } },
  { name: 'checking', screen: 'checking', device: 'desktop', snapshot: {}, left: -1_000 },
  { name: 'checking-phone', screen: 'checking', device: 'mobile', snapshot: {}, left: -1_000 },
  { name: 'paid', screen: 'paid', device: 'desktop', snapshot: { status: 'paid' } },
  { name: 'paid-late', screen: 'paid', device: 'mobile', snapshot: { status: 'paid', late: true } },
  { name: 'expired', screen: 'expired', device: 'desktop', snapshot: { status: 'expired' } },
  { name: 'failed', screen: 'failed', device: 'desktop', snapshot: { status: 'failed' } },
  { name: 'canceled', screen: 'canceled', device: 'desktop', snapshot: { status: 'canceled' } },
  { name: 'refunded', screen: 'refunded', device: 'desktop', snapshot: { status: 'refunded' } },
  { name: 'partly-refunded', screen: 'refunded', device: 'mobile', snapshot: { status: 'partial_refunded' } },
  { name: 'error', screen: 'error', device: 'desktop', snapshot: null, httpStatus: 401 },
  { name: 'offline', screen: 'loading', device: 'mobile', snapshot: null, httpStatus: 503 },
];

export function snapshotOf(scenario: Scenario): Snapshot {
  const now = Date.now();
  return {
    version: 1,
    payment_id: 'pay_gallery',
    order_id: 'ORD-100500',
    amount: 125_000,
    currency: 'RUB',
    description: null,
    merchant: { name: 'Магазин «Ромашка»', logo_url: null },
    status: 'created',
    late: false,
    method: 'sbp',
    methods: ['sbp'],
    presentation: { kind: 'link', url: LINK, deep_link: null },
    device: { type: scenario.device, os: null, browser: null },
    expires_at: new Date(now + (scenario.left ?? 14.5 * MINUTES)).toISOString(),
    now: new Date(now).toISOString(),
    return_url: 'https://shop.example.ru/orders/100500',
    actions: [],
    ...scenario.snapshot,
  };
}

const NAMES = [
  'Сбербанк',
  'Т-Банк',
  'Банк ВТБ',
  'АЛЬФА-БАНК',
  'Райффайзен Банк',
  'Газпромбанк',
  'Банк ПСБ',
  'Совкомбанк',
  'Россельхозбанк',
  'Московский кредитный банк',
  'Озон Банк (Ozon)',
  'ВБ Банк (Вайлдберриз банк)',
  'Почта Банк',
  'Яндекс Банк',
  'Банк «Санкт-Петербург»',
  'Ак Барс Банк',
  'Уралсиб',
  'Хоум Банк',
  'МТС-Банк',
  'Банк «Объединённый капитал» имени длинного названия, которое не помещается',
];

export const BANKS: BankList = {
  platform: 'ios',
  banks: NAMES.map((name, index) => {
    const url = LINK.replace('https', `bank1000000000${String(index + 10)}`);
    return {
      id: `bank-${index}`,
      name,
      logo_url: null,
      aliases: index === 1 ? ['Тинькофф', 'Tinkoff'] : [],
      url,
      links: [{ kind: 'scheme', url }],
    };
  }),
};
