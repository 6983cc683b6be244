import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { findLeaks } from './log-scan.ts';
import { API_KEY, TOKEN_SECRET, WEBHOOK_SECRET } from './secrets.ts';

interface Seen {
  readonly address: string;
  /** Unknown to a browser that only tells what it asks for. */
  readonly response: ServerResponse | null;
}

const seen: Seen[] = [];

/** Of the page's own address the fragment is left out, as browsers leave it out of what they send. */
export function watchAddress(address: string): void {
  const sent = address.split('#', 1)[0]!;
  if (leaks(sent)) seen.push({ address: sent, response: null });
}

// Every server in this process: companions, and the merchants, upstreams and banks that companions call.
subscribe('http.server.request.start', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  const address = request.url ?? '';
  if (leaks(address)) seen.push({ address, response });
});

/** Nothing that has been asked for so far held what an address must not hold, unless it was refused for it. */
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
    return address; // not all that is sent is well encoded
  }
}
