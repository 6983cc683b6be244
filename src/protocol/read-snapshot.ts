import {
  ACTIONS,
  DEVICE_TYPES,
  FAILURES,
  METHODS,
  type Device,
  type FormField,
  type Presentation,
  type Snapshot,
} from './snapshot.ts';
import { isPaymentStatus } from './status.ts';

/**
 * Reads a snapshot from any backend. Drops unknown fields and sets defaults for missing optional fields. Returns `null`
 * when a required field is missing or wrong. Written by hand because it runs in the payer's browser, where a schema
 * library costs 2 kB. `schemas.ts` states the same contract, and a property test compares the two.
 */
export function readSnapshot(value: unknown): Snapshot | null {
  const raw = asRecord(value);
  const merchant = asRecord(raw['merchant']);
  const { version, amount, status } = raw;
  const id = asText(raw['payment_id']);
  const expiresAt = asTime(raw['expires_at']);
  const now = asTime(raw['now']);
  if (!id || !expiresAt || !now) return null;
  if (!Number.isSafeInteger(version) || !isSum(amount)) return null;
  return {
    version: version as number,
    payment_id: id,
    order_id: asText(raw['order_id']) ?? '',
    amount,
    currency: asCurrency(raw['currency']),
    description: asText(raw['description']),
    merchant: { name: asText(merchant['name']) ?? '', logo_url: asText(merchant['logo_url']) },
    // An unknown status of a newer backend is neither a success nor a failure: show the payment as processing.
    status: isPaymentStatus(status) ? status : 'processing',
    failure: oneOf(FAILURES, raw['failure']),
    late: raw['late'] === true,
    // A warning (`test`) counts unless it is missing or `false`. A promise about money (`sandbox`) counts only when it is `true`.
    test: (raw['test'] ?? false) !== false,
    sandbox: raw['sandbox'] === true,
    paid_at: asTime(raw['paid_at']),
    refunded_amount: isSum(raw['refunded_amount']) ? raw['refunded_amount'] : 0,
    method: oneOf(METHODS, raw['method']),
    methods: allOf(METHODS, raw['methods']),
    presentation: readPresentation(raw['presentation']),
    device: readDevice(raw['device']),
    expires_at: expiresAt,
    now,
    return_url: asText(raw['return_url']),
    receipt_url: asText(raw['receipt_url']),
    actions: allOf(ACTIONS, raw['actions']),
  };
}

function readPresentation(value: unknown): Presentation {
  const raw = asRecord(value);
  const url = asText(raw['url']);
  const action = asText(raw['action']);
  if (raw['kind'] === 'link' && url) return { kind: 'link', url, deep_link: asText(raw['deep_link']) };
  if (raw['kind'] === 'scan') return { kind: 'scan' };
  if (raw['kind'] === 'form' && action) {
    return {
      kind: 'form',
      action,
      http_method: asText(raw['http_method']) ?? 'POST',
      fields: asArray(raw['fields']).flatMap(readField),
      iframe: raw['iframe'] === true,
    };
  }
  return { kind: 'pending' };
}

function readField(value: unknown): FormField[] {
  const raw = asRecord(value);
  const name = asText(raw['name']);
  if (!name || typeof raw['value'] !== 'string') return [];
  return [{ type: asText(raw['type']) ?? 'hidden', name, value: raw['value'] }];
}

function readDevice(value: unknown): Device | null {
  const raw = asRecord(value);
  const type = oneOf(DEVICE_TYPES, raw['type']);
  return type && { type, os: asText(raw['os']), browser: asText(raw['browser']) };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function asTime(value: unknown): string | null {
  return typeof value === 'string' && Number.isFinite(Date.parse(value)) ? value : null;
}

function isSum(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** `Intl` throws unless the code has three letters. */
function asCurrency(value: unknown): string {
  return typeof value === 'string' && /^[A-Z]{3}$/.test(value) ? value : 'RUB';
}

function oneOf<T extends string>(allowed: readonly T[], value: unknown): T | null {
  return allowed.includes(value as T) ? (value as T) : null;
}

function allOf<T extends string>(allowed: readonly T[], value: unknown): T[] {
  return asArray(value).filter((item): item is T => allowed.includes(item as T));
}
