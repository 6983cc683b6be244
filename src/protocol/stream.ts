/** The status stream (`GET /checkout/v1/session/events`), as both ends agree on it. */

/** `event:` names. `snapshot` carries a {@link Snapshot}; `end` (data `{}`) says that no more will come. */
export const STREAM_EVENTS = { snapshot: 'snapshot', end: 'end' } as const;

/** The server sends a comment at least this often; a page that misses two takes the stream for dead. */
export const HEARTBEAT_MS = 15_000;
