import type { BankList } from '../../src/protocol/banks.ts';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import type { Screen } from '../../src/widget/state/state.ts';
import type { Doing } from './payer.ts';

const LINK =
  'https://qr.nspk.ru/AD10001RQ10OT70E8LEOT61G16J41I09?type=02&bank=100000000111&sum=125000&cur=RUB&crc=70B8';

export interface Scenario {
  readonly name: string;
  readonly screen: Screen;
  readonly device: 'desktop' | 'mobile' | 'tablet';
  readonly snapshot: Partial<Snapshot> | null;
  /** Milliseconds from now to the deadline of the payment. */
  readonly left?: number;
  /** The companion's response instead of a snapshot. */
  readonly refusal?: { readonly status: number; readonly code: string };
  /** The payer's actions. */
  readonly doings?: readonly Doing[];
  /** The companion's responses to the actions, by path. Defaults to the snapshot. */
  readonly answers?: Readonly<Record<string, { readonly status: number; readonly retryAfter?: number }>>;
  /** True if the bank list fails to load. */
  readonly noBanks?: boolean;
}

/** Too long for a QR code. */
const LONG_LINK = `https://bank.example/pay?order=${'0123456789'.repeat(240)}`;

const MINUTES = 60_000;
const PAID_AT = '2026-11-25T11:32:00.000Z';

const SEVERAL = { methods: ['sbp', 'sberpay', 'buyer_qr'], actions: ['method', 'cancel'] } as const;
const SBERPAY = { method: 'sberpay', methods: ['sberpay'], actions: ['push', 'cancel'] } as const;
const SCAN = {
  method: 'buyer_qr',
  methods: ['buyer_qr'],
  presentation: { kind: 'scan' },
  actions: ['cancel', 'buyer_qr'],
} as const;
const PENDING = { kind: 'pending' } as const;
const FORM = {
  presentation: {
    kind: 'form',
    action: 'https://provider.example/pay',
    http_method: 'POST',
    fields: [{ type: 'hidden', name: 'uid', value: '1' }],
    iframe: false,
  },
} as const;

const OTHER = 'sbp-other-ways';
const METHOD = (index: number) => [OTHER, 'sbp-method-list', `li:nth-child(${index}) button`];
const PUSH = (part: string) => [OTHER, 'sbp-phone-push', part];
const SCANNER = (part: string) => [OTHER, 'sbp-scanner', part];
const BANK_SEARCH = ['sbp-bank-picker', 'input'];
const PHONE: Doing = { type: '+7 999 000-11-22', at: PUSH('input') };
const SEND: Doing = { tap: PUSH('button') };
const CODE: Doing = { type: 'https://sberbank.ru/qr/?ClientIdQr=40ac47', at: SCANNER('input') };

export const SCENARIOS: readonly Scenario[] = [
  { name: 'loading', screen: 'loading', device: 'desktop', snapshot: null },
  { name: 'loading-phone', screen: 'loading', device: 'mobile', snapshot: null },
  { name: 'pay', screen: 'pay', device: 'desktop', snapshot: {} },
  { name: 'pay-late', screen: 'pay', device: 'desktop', snapshot: {}, left: 1.5 * MINUTES },
  { name: 'pay-phone', screen: 'pay', device: 'mobile', snapshot: {} },
  { name: 'pay-no-banks', screen: 'pay', device: 'mobile', snapshot: {}, noBanks: true },
  { name: 'pay-tablet', screen: 'pay', device: 'tablet', snapshot: {} },
  ...(['desktop', 'mobile', 'tablet'] as const).map((device) => ({
    name: `pay-long-link-${device}`,
    screen: 'pay' as const,
    device,
    snapshot: { presentation: { kind: 'link' as const, url: LONG_LINK, deep_link: null } },
  })),
  {
    name: 'choose',
    screen: 'choose',
    device: 'desktop',
    snapshot: { ...SEVERAL, method: null, presentation: PENDING },
  },
  {
    name: 'choose-phone',
    screen: 'choose',
    device: 'mobile',
    snapshot: { ...SEVERAL, method: null, presentation: PENDING },
  },
  {
    name: 'choose-refused',
    screen: 'choose',
    device: 'mobile',
    snapshot: { ...SEVERAL, method: null, presentation: PENDING },
    doings: [{ tap: METHOD(2) }],
    answers: { '/method': { status: 409 } },
  },
  {
    name: 'choose-again',
    screen: 'choose',
    device: 'desktop',
    snapshot: SEVERAL,
    doings: [{ tap: ['.other'] }],
  },
  { name: 'pay-several', screen: 'pay', device: 'desktop', snapshot: SEVERAL },
  {
    name: 'banks-recent',
    screen: 'pay',
    device: 'mobile',
    snapshot: {},
    doings: [{ tap: ['sbp-bank-picker', 'a[part=bank]'] }, { tap: ['sbp-bank-wait', '.pair .button'] }],
  },
  {
    name: 'banks-found',
    screen: 'pay',
    device: 'mobile',
    snapshot: {},
    doings: [{ type: ',fyr c', at: BANK_SEARCH }],
  },
  {
    name: 'banks-none',
    screen: 'pay',
    device: 'mobile',
    snapshot: {},
    doings: [{ type: 'Ромашка', at: BANK_SEARCH }],
  },
  { name: 'pay-several-phone', screen: 'pay', device: 'mobile', snapshot: SEVERAL },
  {
    name: 'pay-several-tablet',
    screen: 'pay',
    device: 'tablet',
    snapshot: SEVERAL,
  },
  { name: 'sberpay', screen: 'pay', device: 'desktop', snapshot: SBERPAY },
  {
    name: 'sberpay-phone',
    screen: 'pay',
    device: 'mobile',
    snapshot: { ...SBERPAY, methods: SEVERAL.methods, actions: ['method', 'push'] },
  },
  { name: 'sberpay-tablet', screen: 'pay', device: 'tablet', snapshot: SBERPAY },
  { name: 'push-sent', screen: 'pay', device: 'mobile', snapshot: SBERPAY, doings: [PHONE, SEND] },
  { name: 'push-no-phone', screen: 'pay', device: 'desktop', snapshot: SBERPAY, doings: [SEND] },
  {
    name: 'push-too-often',
    screen: 'pay',
    device: 'desktop',
    snapshot: SBERPAY,
    doings: [PHONE, SEND],
    answers: { '/push': { status: 429, retryAfter: 20 } },
  },
  { name: 'form', screen: 'pay', device: 'desktop', snapshot: FORM },
  { name: 'form-phone', screen: 'pay', device: 'mobile', snapshot: { ...SEVERAL, ...FORM } },
  { name: 'scan', screen: 'pay', device: 'desktop', snapshot: SCAN },
  { name: 'scan-phone', screen: 'pay', device: 'mobile', snapshot: SCAN },
  {
    name: 'scan-refused',
    screen: 'pay',
    device: 'desktop',
    snapshot: { ...SCAN, methods: SEVERAL.methods, actions: ['method', 'buyer_qr'] },
    doings: [CODE, { tap: SCANNER('button') }],
    answers: { '/buyer-qr': { status: 422 } },
  },
  { name: 'scan-charging', screen: 'waiting', device: 'desktop', snapshot: { ...SCAN, actions: [] } },
  {
    name: 'loading-slow',
    screen: 'loading',
    device: 'desktop',
    snapshot: { ...SEVERAL, presentation: PENDING },
    doings: [{ wait: 21_000 }],
  },
  {
    name: 'waiting',
    screen: 'waiting',
    device: 'mobile',
    snapshot: {},
    doings: [{ tap: ['sbp-bank-picker', 'a[part=bank]'] }],
  },
  {
    name: 'waiting-still-here',
    screen: 'waiting',
    device: 'mobile',
    snapshot: {},
    doings: [{ tap: ['sbp-bank-picker', 'a[part=bank]'] }, { see: ['sbp-bank-wait', '.first'] }],
  },
  { name: 'processing', screen: 'waiting', device: 'desktop', snapshot: { status: 'processing' } },
  { name: 'checking', screen: 'checking', device: 'desktop', snapshot: {}, left: -1_000 },
  { name: 'checking-phone', screen: 'checking', device: 'mobile', snapshot: {}, left: -1_000 },
  {
    name: 'paid',
    screen: 'paid',
    device: 'desktop',
    snapshot: { status: 'paid', paid_at: PAID_AT, receipt_url: 'https://receipt.example/1' },
  },
  {
    name: 'paid-late',
    screen: 'paid',
    device: 'mobile',
    snapshot: { status: 'paid', late: true, paid_at: PAID_AT },
  },
  { name: 'expired', screen: 'expired', device: 'desktop', snapshot: { status: 'expired' } },
  {
    name: 'expired-renew',
    screen: 'expired',
    device: 'mobile',
    snapshot: { status: 'expired', actions: ['renew'] },
  },
  {
    name: 'expired-no-renewal',
    screen: 'expired',
    device: 'desktop',
    snapshot: { status: 'expired', actions: ['renew'] },
    doings: [{ tap: ['button.primary'] }],
    answers: { '/renew': { status: 503 } },
  },
  {
    name: 'failed',
    screen: 'failed',
    device: 'desktop',
    snapshot: { status: 'failed', failure: 'unavailable' },
  },
  {
    name: 'failed-retry',
    screen: 'failed',
    device: 'mobile',
    snapshot: { status: 'failed', failure: 'declined', actions: ['renew'] },
  },
  {
    name: 'giving-up',
    screen: 'pay',
    device: 'desktop',
    snapshot: { actions: ['cancel'] },
    doings: [{ tap: ['.give-up > button'] }],
  },
  {
    name: 'giving-up-not-now',
    screen: 'pay',
    device: 'mobile',
    snapshot: { actions: ['cancel'] },
    doings: [{ tap: ['.give-up > button'] }, { tap: [OTHER, 'sbp-give-up', '.quiet'] }],
    answers: { '/cancel': { status: 409 } },
  },
  { name: 'canceled', screen: 'canceled', device: 'desktop', snapshot: { status: 'canceled' } },
  { name: 'refunded', screen: 'refunded', device: 'desktop', snapshot: { status: 'refunded' } },
  {
    name: 'partly-refunded',
    screen: 'refunded',
    device: 'mobile',
    snapshot: { status: 'partial_refunded', refunded_amount: 50_000 },
  },
  { name: 'test', screen: 'pay', device: 'desktop', snapshot: { test: true } },
  { name: 'test-sandbox', screen: 'pay', device: 'mobile', snapshot: { test: true, sandbox: true } },
  {
    name: 'test-paid',
    screen: 'paid',
    device: 'mobile',
    snapshot: { status: 'paid', paid_at: PAID_AT, test: true, sandbox: true },
  },
  {
    name: 'error',
    screen: 'error',
    device: 'desktop',
    snapshot: null,
    refusal: { status: 401, code: 'invalid_token' },
  },
  {
    name: 'origin-not-allowed',
    screen: 'error',
    device: 'mobile',
    snapshot: null,
    refusal: { status: 403, code: 'origin_not_allowed' },
  },
  {
    name: 'no-answer',
    screen: 'loading',
    device: 'mobile',
    snapshot: null,
    refusal: { status: 503, code: 'store_not_writable' },
  },
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
    failure: null,
    late: false,
    test: false,
    sandbox: false,
    paid_at: null,
    refunded_amount: 0,
    method: 'sbp',
    methods: ['sbp'],
    presentation: { kind: 'link', url: LINK, deep_link: null },
    device: { type: scenario.device, os: null, browser: null },
    expires_at: new Date(now + (scenario.left ?? 14.5 * MINUTES)).toISOString(),
    now: new Date(now).toISOString(),
    return_url: 'https://shop.example.ru/orders/100500',
    receipt_url: null,
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
