import type { OutboundAnswer, OutboundClient } from '../outbound/client.ts';

/** Why an answer was not taken; the message is for the log. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
}

export interface FetchBounds {
  /** Milliseconds from the request to the last byte, redirects included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Hops that may be followed; each keeps the scheme, so that https never falls back to http. */
  readonly maxRedirects: number;
  /** Go to every hop: what is secret among them allows no redirects. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
}

/** GETs a public file from a host we know but do not control: bounded in time, size and hops. */
export async function fetchBounded(
  outbound: Pick<OutboundClient, 'call'>,
  url: string,
  { timeoutMs, maxBytes, maxRedirects, headers = {}, signal }: FetchBounds,
): Promise<Buffer> {
  const deadline = performance.now() + timeoutMs;
  let target = new URL(url);
  for (let hops = 0; ; hops++) {
    // Where a redirect leads is not in the configuration: the client guards it as a stranger's address.
    const answer = await outbound.call({
      url: target.href,
      method: 'GET',
      headers,
      timeoutMs: Math.max(1, Math.ceil(deadline - performance.now())),
      maxBytes,
      signal,
    });
    const location = answer.status >= 300 && answer.status < 400 && answer.headers.location;
    if (!location) return bodyOf(answer, maxBytes);
    if (!URL.canParse(location, target)) throw new UnusableAnswer('redirected nowhere');
    const next = new URL(location, target);
    if (hops >= maxRedirects) throw new UnusableAnswer('redirected too often');
    if (next.protocol !== target.protocol) throw new UnusableAnswer(`redirected to ${next.protocol}`);
    target = next;
  }
}

function bodyOf({ status, body }: OutboundAnswer, maxBytes: number): Buffer {
  if (status < 200 || status >= 300) throw new UnusableAnswer(`answered ${status}`);
  if (body === null) throw new UnusableAnswer(`is larger than ${maxBytes} bytes`);
  return body;
}
