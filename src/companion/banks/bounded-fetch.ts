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
  fetch: typeof globalThis.fetch,
  url: string,
  bounds: FetchBounds,
): Promise<Buffer> {
  const signal = AbortSignal.any([bounds.signal, AbortSignal.timeout(bounds.timeoutMs)]);
  let target = new URL(url);
  for (let hops = 0; ; hops++) {
    const response = await fetch(target, { redirect: 'manual', signal, headers: bounds.headers ?? {} });
    const location = response.status >= 300 && response.status < 400 && response.headers.get('location');
    if (!location) return await readBody(response, bounds.maxBytes);
    await discard(response);
    if (!URL.canParse(location, target)) throw new UnusableAnswer('redirected nowhere');
    const next = new URL(location, target);
    if (hops >= bounds.maxRedirects) throw new UnusableAnswer('redirected too often');
    if (next.protocol !== target.protocol) throw new UnusableAnswer(`redirected to ${next.protocol}`);
    target = next;
  }
}

async function readBody(response: Response, maxBytes: number): Promise<Buffer> {
  if (!response.ok || !response.body) {
    await discard(response);
    throw new UnusableAnswer(`answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by a throw cancels the stream, so a huge answer is not downloaded to the end.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new UnusableAnswer(`is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An unread body would keep its connection busy. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel();
}
