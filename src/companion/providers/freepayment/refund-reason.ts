/** At the very start: the shop's own words behind it may speak of another refund. */
const OUR_ID = /^Возврат (rfd_[A-Za-z0-9_-]{20})(?:: |$)/;

/** What a refund is made for, with our id of it: its webhook says the same, also when our call was not answered. */
export function reasonOf(refundId: string, reason: string | null): string {
  return `Возврат ${refundId}${reason === null ? '' : `: ${reason}`}`;
}

/** Our id of the refund, where its reason is one of ours. */
export function refundIdIn(reason: string | null): string | null {
  return OUR_ID.exec(reason ?? '')?.[1] ?? null;
}
