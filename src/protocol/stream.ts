/** The status stream (`GET /checkout/v1/session/events`). */

/** `event:` names. `snapshot` carries a {@link Snapshot}; `end` (data `{}`) says that no more events follow. */
export const STREAM_EVENTS = { snapshot: 'snapshot', end: 'end' } as const;

/** The server sends a comment at least this often. A page that misses two treats the stream as dead. */
export const HEARTBEAT_MS = 15_000;
