import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { findLeaks } from './log-scan.ts';
import { API_KEY, TOKEN_SECRET, WEBHOOK_SECRET } from './secrets.ts';

interface Seen {
  readonly address: string;
  /** `null` for an address that a browser has requested: its response is not known here. */
  readonly response: ServerResponse | null;
}

const seen: Seen[] = [];

/** Browsers do not send the fragment of an address. */
export function watchAddress(address: string): void {
  const sent = address.split('#', 1)[0]!;
  if (leaks(sent)) seen.push({ address: sent, response: null });
}

// Watches every server in this process: companions, and the merchants, upstreams and banks that companions call.
subscribe('http.server.request.start', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  const address = request.url ?? '';
  if (leaks(address)) seen.push({ address, response });
});

/** Fails if an address that was requested so far contains something forbidden, unless the request got 400. */
export function assertCleanAddresses(): void {
  const leaky = seen.filter(({ response }) => response?.statusCode !== 400);
  seen.length = 0;
  assert.ok(
    leaky.length === 0,
    `these addresses were asked for:\n${leaky.map(({ address }) => address).join('\n')}`,
  );
}

function leaks(address: string): boolean {
  return findLeaks(readable(address), [API_KEY, TOKEN_SECRET, WEBHOOK_SECRET]).length > 0;
}

function readable(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address; // some addresses are sent without correct encoding
  }
}
