/**
 * The acquirer's four variants behind one API. The required customer fields and the lifetimes come from the acquirer's
 * public documentation.
 */
import type { FieldError } from '../../../protocol/problem.ts';
import type { Capabilities, Customer } from '../provider.ts';

export const VARIANTS = ['SY', 'BC', 'IZ', 'MT'] as const;
export type Variant = (typeof VARIANTS)[number];

export interface VariantRules {
  /** How long a payment can be paid, ms. `null` when no document says: then the acquirer's status says when it ends. */
  readonly lifetimeMs: number | null;
  readonly refund: Capabilities['refund'];
  /** Returns the required fields that the shop did not send, under the names of the merchant API. */
  readonly missing: (customer: Customer) => readonly FieldError[];
}

const MINUTE_MS = 60_000;

const nothing = (): readonly FieldError[] => [];

export const RULES: Readonly<Record<Variant, VariantRules>> = {
  SY: {
    lifetimeMs: null,
    refund: 'partial',
    missing: (customer) => [...required(customer, 'ip'), ...someContact(customer)],
  },
  BC: { lifetimeMs: 60 * MINUTE_MS, refund: 'partial', missing: nothing },
  IZ: {
    lifetimeMs: 15 * MINUTE_MS,
    refund: 'partial',
    missing: (customer) => [...required(customer, 'phone'), ...required(customer, 'email')],
  },
  MT: { lifetimeMs: 15 * MINUTE_MS, refund: 'once', missing: nothing },
};

function required(customer: Customer, field: keyof Customer): FieldError[] {
  if (customer[field] !== undefined) return [];
  return [{ path: `customer.${field}`, message: 'is required by the acquirer' }];
}

function someContact({ phone, email, country }: Customer): FieldError[] {
  if ((phone ?? email ?? country) !== undefined) return [];
  return [
    {
      path: 'customer.email',
      message: 'is required by the acquirer, or customer.phone, or customer.country instead',
    },
  ];
}
