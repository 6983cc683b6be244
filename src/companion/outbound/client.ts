import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request, type Dispatcher } from 'undici';
import { AddressGuard, type GuardOptions } from './guard.ts';
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
  readonly ownConnection?: boolean;
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
  readonly #agentOptions: Agent.Options;
  readonly #agent: Agent;
  /** Of calls under way on a connection of their own. */
  readonly #ownAgents = new Set<Agent>();
  readonly #others: OutboundClient[] = [];

  constructor(options: GuardOptions, identity: TlsIdentity | null = null) {
    this.#options = options;
    this.guard = new AddressGuard(options);
    this.#agentOptions = {
      connect: {
        lookup: this.guard.lookup,
        timeout: CONNECT_TIMEOUT_MS,
        minVersion: 'TLSv1.2',
        ...(identity && { cert: identity.cert, key: identity.key }),
        ...(identity?.ca && { ca: identity.ca }),
      },
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    };
    this.#agent = new Agent(this.#agentOptions);
  }

  /**
   * Rejects when no whole answer came: with a {@link ForbiddenAddress} where the guard refuses the address, and with
   * undici's, Node's or the signal's own error for a server that is unreachable, out of time or cuts its answer off.
   */
  async call(call: OutboundCall): Promise<OutboundAnswer> {
    // Sockets resolve no literal addresses, so those never meet the guard's lookup.
    this.guard.check(call.url);
    if (call.ownConnection !== true) return this.#send(call, this.#agent);
    const agent = new Agent({ ...this.#agentOptions, connections: 1 });
    this.#ownAgents.add(agent);
    try {
      return await this.#send(call, agent);
    } finally {
      this.#ownAgents.delete(agent);
      await agent.destroy();
    }
  }

  #send(call: OutboundCall, agent: Agent): Promise<OutboundAnswer> {
    const deadline = AbortSignal.timeout(call.timeoutMs);
    const signal = call.signal ? AbortSignal.any([call.signal, deadline]) : deadline;
    const dispatcher = call.onSend ? reportSending(agent, call.onSend) : agent;
    return beforeAbort(signal, readAnswer(call, dispatcher, signal));
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
    const agents = [this.#agent, ...this.#ownAgents];
    await Promise.all([
      ...agents.map((agent) => agent.destroy()),
      ...this.#others.map((client) => client.close()),
    ]);
  }
}

async function readAnswer(
  { url, method, headers = {}, body, maxBytes, ownConnection = false }: OutboundCall,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  const answer = await request(url, {
    dispatcher,
    method,
    headers: { 'user-agent': 'sbp-checkout', ...headers },
    ...(body === undefined ? {} : { body }),
    // Sends `Connection: close`: the server need not keep what is not used again.
    reset: ownConnection,
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
