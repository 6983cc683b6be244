import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompanionProcess } from '../../../support/companion-process.ts';
import { API_KEY } from '../../../support/companion.ts';
import { Pace } from '../../../support/pace.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { RawSocket } from '../../../support/raw-socket.ts';

const IDLE = 5_000;
const SLOW = 200;
/** The number of connections to open at once: the system's accept queue has room for them. */
const AT_ONCE = 250;
/** The times after which slow clients must be closed, ms: not before `least`, at the latest after `most`. */
const HEADERS_MS = { least: 9_000, most: 18_000 };
const BODY_MS = { least: 18_000, most: 30_000 };
const BASELINE_MS = 2_000;

const HEADERS = 'GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ';
const BODY =
  `POST /api/sbp/v1/payments HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_KEY}\r\n` +
  'content-type: application/json\r\ncontent-length: 100000\r\n\r\n{';

describe('slow and idle clients', () => {
  it(`are closed by their deadline, ${IDLE} silent and ${2 * SLOW} slow ones, while good calls go on`, async (t) => {
    const companion = await CompanionProcess.start({ SBP_LOG_LEVEL: 'warn' });
    const sockets: RawSocket[] = [];
    t.after(async () => {
      for (const socket of sockets) socket.close();
      await companion.stop();
    });
    const pace = Pace.start();
    const good = await GoodCalls.of(companion);
    const start = performance.now();
    const undisturbed = await good.callWhile(() => performance.now() - start < BASELINE_MS);

    const open = async (count: number) => {
      const opened = await openSockets(companion.url, count);
      sockets.push(...opened);
      return opened;
    };
    let disturbing = true;
    const disturbed = good.callWhile(() => disturbing);
    const bodies = await open(SLOW);
    for (const socket of bodies) trickle(socket, BODY, ' ');
    const headers = await open(SLOW);
    for (const socket of headers) trickle(socket, HEADERS, 'a');
    const idle = await open(IDLE);
    const idleWaited = await closedAfter(idle);
    disturbing = false;
    const times = await disturbed;
    const waited = {
      idle: idleWaited,
      headers: await closedAfter(headers),
      bodies: await closedAfter(bodies),
    };

    t.diagnostic(`good calls: ${shown(times)}; undisturbed: ${shown(undisturbed)}`);
    for (const [kind, { least, most }] of Object.entries(waited)) {
      t.diagnostic(`${kind}: closed after ${(least / 1000).toFixed(1)} to ${(most / 1000).toFixed(1)} s`);
    }
    const [headersMs, bodyMs] = [pace.stretch(HEADERS_MS.most), pace.stretch(BODY_MS.most)];
    assert.ok(waited.idle.most <= headersMs);
    assert.ok(waited.headers.least >= HEADERS_MS.least && waited.headers.most <= headersMs);
    assert.ok(waited.bodies.least >= BODY_MS.least && waited.bodies.most <= bodyMs);
    const told = [...headers, ...bodies].filter(({ received }) =>
      /^HTTP\/1\.1 408 [^]*request_timeout/.test(received),
    );
    // A byte that arrives after the close causes a reset, and the reset may overtake the response.
    assert.ok(told.length > 1.8 * SLOW, `only ${told.length} were told why`);
    assert.ok(quantile(times, 0.99) < Math.max(pace.stretch(1_000), 10 * quantile(undisturbed, 0.99)));
  });
});

/** Repeats the request of a payer's page. */
class GoodCalls {
  readonly #companion: CompanionProcess;
  readonly #token: string;

  private constructor(companion: CompanionProcess, token: string) {
    this.#companion = companion;
    this.#token = token;
  }

  static async of(companion: CompanionProcess): Promise<GoodCalls> {
    return new GoodCalls(companion, (await companion.client.createPayment()).token);
  }

  /** Returns the duration of each call, ms. */
  async callWhile(wanted: () => boolean): Promise<number[]> {
    const times: number[] = [];
    while (wanted()) {
      const since = performance.now();
      const response = await this.#companion.client.checkout('/session', this.#token);
      await response.text();
      times.push(performance.now() - since);
      assert.equal(response.status, 200);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return times;
  }
}

async function openSockets(url: string, count: number): Promise<RawSocket[]> {
  const sockets: RawSocket[] = [];
  while (sockets.length < count) {
    const wave = Math.min(AT_ONCE, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: wave }, () => RawSocket.open(url)))));
  }
  return sockets;
}

function trickle(socket: RawSocket, start: string, rest: string): void {
  socket.send(start);
  socket.trickle(rest.repeat(1_000), 500);
}

async function closedAfter(sockets: readonly RawSocket[]): Promise<{ least: number; most: number }> {
  const times = await Promise.all(sockets.map((socket) => socket.closed(PATIENCE_MS)));
  return { least: Math.min(...times), most: Math.max(...times) };
}

function quantile(times: readonly number[], share: number): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * share)]!;
}

function shown(times: readonly number[]): string {
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  return `${p50.toFixed(1)} ms (p50), ${p99.toFixed(1)} ms (p99) of ${times.length}`;
}
