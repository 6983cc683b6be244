import type { OutboundResponse, OutboundClient } from './client.ts';

/** The server returned something other than the file. The message is for the log. */
export class UnusableResponse extends Error {
  override readonly name = 'UnusableResponse';
}

export interface DownloadOptions {
  /** Milliseconds from the request to the last byte, redirects included. */
  readonly timeoutMs: number;
  /** Maximum size of the file. */
  readonly maxBytes: number;
  /** Maximum number of redirects. Each must keep the scheme, so that https never falls back to http. */
  readonly maxRedirects: number;
  /** Sent to every redirect target as well: with a secret among them, `maxRedirects` must be 0. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborts the download when the caller goes away. */
  readonly signal: AbortSignal;
}

/**
 * Returns the body of a file. Throws {@link UnusableResponse} for a status outside 2xx, a file over `maxBytes` and a
 * refused redirect, and the errors of {@link OutboundClient.call}.
 */
export async function download(
  outbound: Pick<OutboundClient, 'call'>,
  url: string,
  { timeoutMs, maxBytes, maxRedirects, headers = {}, signal }: DownloadOptions,
): Promise<Buffer> {
  const deadline = performance.now() + timeoutMs;
  let target = new URL(url);
  for (let redirects = 0; ; redirects++) {
    // A redirect target is not in the configuration, so the client guards it like any other address.
    const response = await outbound.call({
      url: target.href,
      method: 'GET',
      headers,
      timeoutMs: Math.max(1, Math.ceil(deadline - performance.now())),
      maxBytes,
      signal,
    });
    const location = response.status >= 300 && response.status < 400 && response.headers.location;
    if (!location) return bodyOf(response, maxBytes);
    if (!URL.canParse(location, target)) throw new UnusableResponse('redirected nowhere');
    const next = new URL(location, target);
    if (redirects >= maxRedirects) throw new UnusableResponse('redirected too often');
    if (next.protocol !== target.protocol) throw new UnusableResponse(`redirected to ${next.protocol}`);
    target = next;
  }
}

function bodyOf({ status, body }: OutboundResponse, maxBytes: number): Buffer {
  if (status < 200 || status >= 300) throw new UnusableResponse(`answered ${status}`);
  if (body === null) throw new UnusableResponse(`is larger than ${maxBytes} bytes`);
  return body;
}
