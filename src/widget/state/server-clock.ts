/**
 * The page's reading of the server's clock: server time = monotonic time + offset. Each snapshot narrows the range of the offset.
 * The server stamped the snapshot before it arrived, so the offset is at least `serverNow − receivedAt`. If the snapshot is a
 * response to a request, it was stamped after that request, so the offset is at most `serverNow − askedAt`. A delayed stream
 * message, and a monotonic clock that stopped while the machine slept, only raise the lower bound, so both are handled right.
 */
export interface ClockReading {
  /** The server's time, ms since the epoch. */
  readonly serverNow: number;
  /** When the request was sent, monotonic ms; `null` for a snapshot from the stream. */
  readonly askedAt: number | null;
  /** When the snapshot arrived, monotonic ms. */
  readonly receivedAt: number;
}

export function adjustOffset(offset: number | null, seen: ClockReading): number {
  const least = seen.serverNow - seen.receivedAt;
  const most = seen.askedAt === null ? Infinity : seen.serverNow - seen.askedAt;
  return Math.min(most, Math.max(least, offset ?? least));
}
