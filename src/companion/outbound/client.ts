import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'undici';
import { AddressGuard, type GuardOptions } from './guard.ts';

export interface OutboundCall {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds from the call to the answer's last byte. */
  readonly timeoutMs: number;
  /** Of the answer's body; what is larger is not read to its end. */
  readonly maxBytes: number;
  /** Aborts when the caller goes away. */
  readonly signal?: AbortSignal;
}

/** Who we are to a server that asks for it, and whom we believe. PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
  /** The authority that signed the server's certificate, where it is no public one. */
  readonly ca: string | null;
}

export interface OutboundAnswer {
  /** 3xx as well: redirects are never followed. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `null` when it was larger than `maxBytes`. */
  readonly body: Buffer | null;
}

/** A name that resolves and a handshake; the call's own timeout covers the rest. */
const CONNECT_TIMEOUT_MS = 5_000;
/** An idle connection keeps the address it was opened to; it is not kept for long. */
const KEEP_ALIVE_MS = 4_000;

/**
 * Calls addresses that a merchant or a provider gave us. They lead to public servers only (see {@link AddressGuard}),
 * straight there: no redirects, and no proxy, whatever the environment says.
 */
export class OutboundClient {
  readonly guard: AddressGuard;
  readonly #options: GuardOptions;
  readonly #agent: Agent;
  readonly #others: OutboundClient[] = [];

  constructor(options: GuardOptions, identity: TlsIdentity | null = null) {
    this.#options = options;
    this.guard = new AddressGuard(options);
    this.#agent = new Agent({
      connect: {
        lookup: this.guard.lookup,
        timeout: CONNECT_TIMEOUT_MS,
        minVersion: 'TLSv1.2',
        ...(identity && { cert: identity.cert, key: identity.key }),
        ...(identity?.ca && { ca: identity.ca }),
      },
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
  }

  /** Rejects when no whole answer came: refused by the guard, unreachable, out of time, cut off. */
  async call({
    url,
    method,
    headers = {},
    body,
    timeoutMs,
    maxBytes,
    signal,
  }: OutboundCall): Promise<OutboundAnswer> {
    // Sockets resolve no literal addresses, so those never meet the guard's lookup.
    this.guard.check(url);
    const deadline = AbortSignal.timeout(timeoutMs);
    const answer = await request(url, {
      dispatcher: this.#agent,
      method,
      headers: { 'user-agent': 'sbp-checkout', ...headers },
      ...(body === undefined ? {} : { body }),
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    // Leaving the loop destroys the stream and its connection, so that a huge answer is not downloaded to its end.
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.byteLength;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: size > maxBytes ? null : Buffer.concat(chunks),
    };
  }

  /** The same client under a certificate of ours; closed with this one. */
  as(identity: TlsIdentity | null): OutboundClient {
    if (identity === null) return this;
    const client = new OutboundClient(this.#options, identity);
    this.#others.push(client);
    return client;
  }

  /** Ends its connections; calls under way are cut off. */
  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), ...this.#others.map((client) => client.close())]);
  }
}
