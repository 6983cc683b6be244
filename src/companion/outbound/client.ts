import type { IncomingHttpHeaders } from 'node:http';
import { Agent, Pool, ProxyAgent, request, type Dispatcher } from 'undici';
import { AddressGuard, type GuardOptions } from './address-guard.ts';
import { NO_PROXIES, proxyFor, type ProxySettings } from './proxies.ts';
import { reportSending } from './report-sending.ts';

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
  /**
   * Opens a connection for this call alone. A kept-alive connection may be dead without anybody knowing: a call that
   * must not be repeated would be lost on it. Defaults to `false`.
   */
  readonly freshConnection?: boolean;
  /** Called when a connection is there and the request begins to go out: without it, surely nobody has received it. */
  readonly onSend?: () => void;
}

/** Who we are to a server that asks for it, and whom we believe. PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
  /** The authority that signed the server's certificate, where it is no public one. */
  readonly ca: string | null;
}

export interface OutboundResponse {
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

export interface OutboundOptions extends GuardOptions {
  /** The proxies of the environment. Defaults to none. */
  readonly proxies?: ProxySettings;
  /**
   * Whether addresses that are not ours go through the proxies as well (`SBP_CALLBACK_PROXY=on`). The proxy resolves
   * their names then, and must be the one that keeps calls out of our own network. Defaults to `false`.
   */
  readonly proxyForAll?: boolean;
}

/**
 * Calls others' addresses. One that a merchant or an answer gave us leads to public servers only (see
 * {@link AddressGuard}), straight there; what stands in the configuration is called by {@link configured}. Redirects are
 * never followed.
 */
export class OutboundClient {
  readonly guard: AddressGuard;
  readonly #options: OutboundOptions;
  readonly #identity: TlsIdentity | null;
  /** Kept connections, by whether the address is exempt and by the proxy. */
  readonly #kept = new Map<string, Dispatcher>();
  /** Of calls under way on a connection of their own. */
  readonly #own = new Set<Dispatcher>();
  readonly #children: OutboundClient[] = [];

  constructor(options: OutboundOptions, identity: TlsIdentity | null = null) {
    this.#options = options;
    this.#identity = identity;
    this.guard = new AddressGuard(options);
  }

  /**
   * Rejects when no whole answer came: with a {@link ForbiddenAddress} where the guard refuses the address, and with
   * undici's, Node's or the signal's own error for a server that is unreachable, out of time or cuts its answer off.
   */
  async call(call: OutboundCall): Promise<OutboundResponse> {
    // Sockets resolve no literal addresses, so those never meet the guard's lookup.
    this.guard.check(call.url);
    const url = new URL(call.url);
    if (call.freshConnection !== true) return this.#send(call, this.#keptFor(url));
    const dispatcher = this.#open(url);
    this.#own.add(dispatcher);
    try {
      return await this.#send(call, dispatcher);
    } finally {
      this.#own.delete(dispatcher);
      await dispatcher.destroy();
    }
  }

  /**
   * A client for addresses that stand in the configuration, closed with this one: their origins, and no other, may be
   * inside our own network and are called through the environment's proxies. `identity`: a certificate of ours.
   */
  configured(addresses: readonly string[], identity: TlsIdentity | null = null): OutboundClient {
    const own = { configured: addresses, allowedHosts: [], proxyForAll: false };
    const client = new OutboundClient({ ...this.#options, ...own }, identity);
    this.#children.push(client);
    return client;
  }

  /** Ends its connections; calls under way are cut off. */
  async close(): Promise<void> {
    const dispatchers = [...this.#kept.values(), ...this.#own];
    await Promise.all([
      ...dispatchers.map((dispatcher) => dispatcher.destroy()),
      ...this.#children.map((client) => client.close()),
    ]);
  }

  #send(call: OutboundCall, kept: Dispatcher): Promise<OutboundResponse> {
    const deadline = AbortSignal.timeout(call.timeoutMs);
    const signal = call.signal ? AbortSignal.any([call.signal, deadline]) : deadline;
    const dispatcher = call.onSend ? reportSending(kept, call.onSend) : kept;
    return beforeAbort(signal, readAnswer(call, dispatcher, signal));
  }

  #keptFor(url: URL): Dispatcher {
    const key = `${this.guard.isExempt(url)} ${this.#proxyFor(url)}`;
    const kept = this.#kept.get(key) ?? this.#open(url);
    this.#kept.set(key, kept);
    return kept;
  }

  #proxyFor(url: URL): string | null {
    const { proxies = NO_PROXIES, proxyForAll = false } = this.#options;
    return proxyForAll || this.guard.isConfigured(url) ? proxyFor(url, proxies) : null;
  }

  #open(url: URL): Dispatcher {
    const tls = {
      timeout: CONNECT_TIMEOUT_MS,
      minVersion: 'TLSv1.2' as const,
      ...(this.#identity && { cert: this.#identity.cert, key: this.#identity.key }),
      ...(this.#identity?.ca && { ca: this.#identity.ca }),
    };
    const keeping = { keepAliveTimeout: KEEP_ALIVE_MS, keepAliveMaxTimeout: KEEP_ALIVE_MS };
    const proxy = this.#proxyFor(url);
    if (proxy !== null) return openProxied(proxy, tls, keeping);
    return new Agent({
      ...keeping,
      connect: { ...tls, lookup: this.guard.lookupFor(this.guard.isExempt(url)) },
    });
  }
}

/** Every call goes through a tunnel (CONNECT), plain http as well: the proxy sees the host and nothing else. */
function openProxied(uri: string, tls: object, keeping: object): Dispatcher {
  return new ProxyAgent({
    ...keeping,
    uri,
    requestTls: tls,
    proxyTls: { timeout: CONNECT_TIMEOUT_MS, minVersion: 'TLSv1.2' },
    // A proxy that does not answer a CONNECT would keep its connection for undici's own five minutes.
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: CONNECT_TIMEOUT_MS }),
  });
}

async function readAnswer(
  { url, method, headers = {}, body, maxBytes, freshConnection = false }: OutboundCall,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<OutboundResponse> {
  const answer = await request(url, {
    dispatcher,
    method,
    headers: { 'user-agent': 'sbp-checkout', ...headers },
    ...(body === undefined ? {} : { body }),
    // Sends `Connection: close`: the server need not keep what is not used again.
    reset: freshConnection,
    signal,
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

/** undici takes no notice of an abort before it has a connection: the caller does not wait for that. */
async function beforeAbort<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let aborted: (() => void) | undefined;
  const abort = new Promise<never>((_resolve, reject) => {
    aborted = () => reject(signal.reason as Error);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) aborted();
  });
  try {
    return await Promise.race([work, abort]);
  } finally {
    signal.removeEventListener('abort', aborted!);
    work.catch(() => undefined);
  }
}
