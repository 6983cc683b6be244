/** The results that a person can find for the money of an attention. */
export const ATTENTION_OUTCOMES = ['money_out', 'money_in', 'no_money', 'no_effect'] as const;
export type AttentionOutcome = (typeof ATTENTION_OUTCOMES)[number];

interface Rule {
  /** The outcomes that `resolve` accepts for this reason. */
  readonly outcomes: readonly AttentionOutcome[];
  /**
   * `once`: never opened again for the same attempt and refund, since providers repeat the report in every answer.
   * `after_resolve`: a report that comes after a person has resolved it is a new contradiction.
   * `news`: stored as resolved; nothing is left to be done.
   */
  readonly opens: 'once' | 'after_resolve' | 'news';
}

/** Why a person should look at a payment, and how that can end. The effect of each outcome: resolve-attention.ts. */
export const ATTENTION_REASONS = {
  amount_mismatch: { opens: 'once', outcomes: ['money_in', 'money_out', 'no_money', 'no_effect'] },
  amount_missing: { opens: 'once', outcomes: ['money_in', 'money_out', 'no_money', 'no_effect'] },
  paid_twice: { opens: 'once', outcomes: ['money_out', 'money_in', 'no_effect'] },
  paid_after_failure: { opens: 'once', outcomes: ['money_in', 'money_out', 'no_money', 'no_effect'] },
  duplicate_refund_succeeded: { opens: 'news', outcomes: [] },
  duplicate_refund_failed: { opens: 'once', outcomes: ['money_out', 'money_in', 'no_effect'] },
  overdue: { opens: 'once', outcomes: ['money_in', 'money_out', 'no_money', 'no_effect'] },
  test_contradicted: { opens: 'once', outcomes: ['money_in', 'money_out', 'no_money', 'no_effect'] },
  late_refunded: { opens: 'once', outcomes: ['money_out', 'no_effect'] },
  unmatched_refund: { opens: 'once', outcomes: ['money_out', 'no_money'] },
  refund_overdue: { opens: 'once', outcomes: ['money_out', 'no_money'] },
  refund_contradicted: { opens: 'after_resolve', outcomes: ['money_out', 'no_money'] },
  paid_contradicted: { opens: 'after_resolve', outcomes: ['money_in', 'money_out'] },
} as const satisfies Readonly<Record<string, Rule>>;

export type AttentionReason = keyof typeof ATTENTION_REASONS;
