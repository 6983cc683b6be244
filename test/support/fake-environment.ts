import type { Environment } from '../../src/widget/session/environment.ts';

export interface Request {
  readonly at: number;
  readonly path: string;
  readonly headers: Headers;
  readonly method: string;
  /** The body as text. */
  readonly body: string;
  readonly init: RequestInit;
}

type Answer = (request: Request, signal: AbortSignal) => Response | Promise<Response>;

/** A network and a clock under the test's control: hours pass in milliseconds. */
export class FakeEnvironment implements Environment {
  readonly requests: Request[] = [];
  answer: Answer;
  #now = 1_000;
  #timers: { at: number; callback: () => void }[] = [];
  #seed = 1;

  constructor(answer: Answer) {
    this.answer = answer;
  }

  get timers(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#now;
  }

  /** Returns numbers of a fixed sequence, so that a failure can be repeated. */
  random(): number {
    this.#seed = (this.#seed * 16_807) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  async fetch(url: string, init: RequestInit): Promise<Response> {
    const path = new URL(url).pathname.replace(/.*\/session/, '');
    const request = {
      at: this.#now,
      path,
      headers: new Headers(init.headers),
      method: init.method ?? 'GET',
      body: typeof init.body === 'string' ? init.body : '',
      init,
    };
    this.requests.push(request);
    const signal = init.signal!;
    return Promise.race([
      Promise.resolve(this.answer(request, signal)),
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    ]);
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.callback();
      await settle();
    }
    this.#now = end;
  }

  /** Returns the requests made since `at`, by path. */
  since(at: number, path?: string): Request[] {
    return this.requests.filter(
      (request) => request.at >= at && (path === undefined || request.path === path),
    );
  }
}

/** Waits some tasks, because streams pass on their chunks in tasks, not in microtasks. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
  }
}

/** An open event stream that a test writes to. */
export class FakeStream {
  readonly response: Response;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #stopBeating = (): void => undefined;

  constructor(signal: AbortSignal) {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#controller = controller),
    });
    signal.addEventListener('abort', () => this.break());
    this.response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }

  /** Sends a heartbeat every 15 s, as a companion does, until the stream ends. */
  beat(environment: FakeEnvironment, times = Infinity): void {
    if (times === 0) return;
    this.#stopBeating = environment.after(15_000, () => {
      this.write(': beat\n\n');
      this.beat(environment, times - 1);
    });
  }

  write(text: string): void {
    this.#controller.enqueue(new TextEncoder().encode(text));
  }

  close(): void {
    this.#stopBeating();
    this.#controller.close();
  }

  break(): void {
    this.#stopBeating();
    this.#controller.error(new Error('connection lost'));
  }
}
