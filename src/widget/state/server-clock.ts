/**
 * The server's clock as seen from this page: server time = monotonic time + offset. Each snapshot narrows the
 * offset. It was stamped before it arrived (so the offset is at least `now − receivedAt`) and, when it answers
 * a question, after that was asked (so it is at most `now − askedAt`). Late stream messages and a monotonic
 * clock that stood still while the machine slept both come out right: they only ever raise the lower bound.
 */
export interface ClockReading {
  /** The server's time, milliseconds since the epoch. */
  readonly serverNow: number;
  /** Monotonic; `null` when it came by stream. */
  readonly askedAt: number | null;
  /** Monotonic. */
  readonly receivedAt: number;
}

export function adjustOffset(offset: number | null, seen: ClockReading): number {
  const least = seen.serverNow - seen.receivedAt;
  const most = seen.askedAt === null ? Infinity : seen.serverNow - seen.askedAt;
  return Math.min(most, Math.max(least, offset ?? least));
}
