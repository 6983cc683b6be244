import { readSnapshot } from '../../protocol/read-snapshot.ts';
import { isRenewable, type Snapshot } from '../../protocol/snapshot.ts';
import { isOpen, type PaymentStatus } from '../../protocol/status.ts';
import { BankChecks } from './bank-checks.ts';
import type { ActBody, ActPath, Answer, CheckoutApi } from './checkout-api.ts';
import {
  ASK_GAP_MS,
  GRACE_MS,
  TROUBLED_GAP_MS,
  gracePause,
  pollPause,
  reopenPause,
  restPause,
  streamPause,
  troubledPause,
} from './pace.ts';
import { pause } from './pause.ts';
import { readStream, type StreamEnd } from './status-stream.ts';
import type { Acted, Connection, SessionSink } from './sink.ts';
import type { Surroundings } from './surroundings.ts';

/** The checkout's line to its companion: one loop that has one request at a time, plus questions asked in between. */
export class Session {
  readonly #api: CheckoutApi;
  readonly #sink: SessionSink;
  readonly #world: Surroundings;
  readonly #life = new AbortController();
  /** The loop's present request or pause; aborting it makes the loop ask at once. */
  #turn = new AbortController();
  #question: Promise<Answer> | null = null;
  #bankQuestion: Promise<Answer> | null = null;
  #check: Promise<boolean> | null = null;
  readonly #bankChecks: BankChecks;
  #last: Snapshot | null = null;
  #connection: Connection = 'connecting';
  #failures = 0;
  #lastAskAt = -Infinity;
  #lastBankAskAt = -Infinity;
  /** The server asked to be left alone until then (`Retry-After`). */
  #notBefore = -Infinity;
  #running = false;
  #acting = false;
  #resting = false;
  #cancelWake: (() => void) | null = null;
  #reopen = false;
  #wokenAt = -Infinity;

  /** `last`: what an earlier session of the same payment already knew. */
  constructor(api: CheckoutApi, sink: SessionSink, world: Surroundings, last: Snapshot | null = null) {
    this.#api = api;
    this.#sink = sink;
    this.#world = world;
    this.#last = last;
    this.#bankChecks = new BankChecks(world, () => void this.#askBank());
  }

  get last(): Snapshot | null {
    return this.#last;
  }

  start(): void {
    if (this.#running || this.#life.signal.aborted) return;
    this.#running = true;
    void this.#run().finally(() => (this.#running = false));
  }

  /** For good: a stopped session has no timer and no request left and says nothing more. */
  stop(): void {
    this.#life.abort();
    this.#turn.abort();
    this.#cancelWake?.();
    this.#bankChecks.stop();
  }

  /**
   * Asks soon. `reopen` when the page was away (hidden, offline, asleep): a stream that looks open may be dead.
   * However often it is called, questions keep their distance, the more so while the companion is in trouble.
   */
  wake(reopen: boolean): void {
    if (this.#life.signal.aborted || this.#isOver()) return;
    const gap = this.#failures > 2 ? TROUBLED_GAP_MS : ASK_GAP_MS;
    const wait = Math.max(0, this.#lastAskAt + gap - this.#world.now(), this.#notBefore - this.#world.now());
    this.#resting = false;
    this.#reopen ||= reopen;
    this.#wokenAt = this.#world.now();
    if (this.#cancelWake) return;
    this.#cancelWake = this.#world.after(wait, () => {
      this.#cancelWake = null;
      const away = this.#reopen;
      this.#reopen = false;
      const live = this.#running && this.#connection === 'live';
      if (live && away) this.#turn.abort();
      else if (this.#lastAskAt > this.#wokenAt || (this.#question && !away))
        return; // the answer is fresh, or on its way
      else if (!this.#running) this.start();
      else if (live) void this.#ask();
      else this.#turn.abort();
    });
  }

  /** Nobody has looked for long: the stream is given up for a question now and then, until the next `wake`. */
  rest(): void {
    this.#resting = true;
    this.#turn.abort();
  }

  /** The payer is back from the bank: it is asked at once, and a few times more. However many signs tell of it. */
  returned(): void {
    if (!this.#life.signal.aborted && !this.#isOver()) this.#bankChecks.begin();
  }

  /** The page cannot be seen any more. */
  away(): void {
    this.#bankChecks.stop();
  }

  /** The browser says that there is no network. A byte that comes all the same proves it wrong. */
  wentOffline(): void {
    if (!this.#isOver()) this.#connect('offline');
  }

  /** What failed without a network says nothing about the companion: the first question need not wait. */
  cameOnline(): void {
    this.#failures = 0;
    this.wake(true);
  }

  /**
   * The payer pressed a button, and the bank is asked where the companion can have it asked; or the shop called
   * `refresh()`. Asks now, though never twice in a second nor before the companion wants to be asked. Whether it has
   * answered.
   */
  check(bank = false): Promise<boolean> {
    this.#check ??= this.#checkOnce(bank).finally(() => (this.#check = null));
    return this.#check;
  }

  async #checkOnce(bank: boolean): Promise<boolean> {
    const { signal } = this.#life;
    const now = this.#world.now();
    if (now < this.#notBefore) return false;
    const lastAt = bank ? Math.max(this.#lastAskAt, this.#lastBankAskAt) : this.#lastAskAt;
    const wait = Math.max(0, lastAt + ASK_GAP_MS - now);
    if (!(bank ? this.#bankQuestion : this.#question)) await pause(this.#world, signal, wait);
    return !signal.aborted && (await (bank ? this.#askBank() : this.#ask())).kind === 'ok';
  }

  /**
   * Does what the payer asks for, one thing at a time: `null` while another is under way. The answered snapshot goes
   * the way of all others; without one a question follows, since it may have been done, or may no longer be possible.
   */
  async act(path: ActPath, body: ActBody): Promise<Acted | null> {
    if (this.#acting || this.#life.signal.aborted) return null;
    this.#acting = true;
    const over = this.#last !== null && !isOpen(this.#last.status);
    const answer = await this.#api.post(path, body, this.#life.signal);
    this.#acting = false;
    const snapshot = answer.kind === 'ok' ? this.#take(answer.value, answer.askedAt) : null;
    if (snapshot) {
      if (over && isOpen(snapshot.status)) this.#revive();
      return { kind: 'done', snapshot };
    }
    if (answer.kind === 'refused') this.#refuse(answer.httpStatus);
    if (answer.kind !== 'problem') {
      this.wake(false);
      return { kind: 'trouble', pauseMs: 0 };
    }
    if (answer.httpStatus === 409) this.wake(false);
    return answer;
  }

  /** Renewed: the loop, which has gone over to looking for late money or has ended, is to listen again. */
  #revive(): void {
    if (this.#running) this.#turn.abort();
    else this.start();
  }

  async #run(): Promise<void> {
    let streamFailures = 0;
    let shortLives = 0;
    let streamAt = 0;
    let ended = false;
    let graceStart: number | null = null;
    let knows = false;
    while (!this.#life.signal.aborted && !this.#isOver()) {
      if (ended && isOpen(this.#last!.status)) {
        ended = false;
        graceStart = null;
      }
      // Woken: a question first, it is quicker than a stream.
      if (this.#turn.signal.aborted) knows = false;
      this.#turn = new AbortController();
      const random = this.#world.random();
      if (!knows || ended || this.#resting || this.#failures > 0 || this.#world.now() < streamAt) {
        const answer = await this.#ask(this.#turn.signal);
        if (this.#turn.signal.aborted) continue;
        knows = this.#failures === 0;
        if (knows && this.#connection === 'offline') this.#connect('connecting');
        if (answer.kind === 'trouble') {
          if (this.#failures > 1) this.#connect('offline');
          await pause(
            this.#world,
            this.#turn.signal,
            Math.max(answer.pauseMs, troubledPause(this.#failures, random)),
          );
        } else if (ended) {
          graceStart ??= this.#world.now();
          const elapsed = this.#world.now() - graceStart;
          if (elapsed > GRACE_MS && this.#resting) return;
          this.#connect('polling');
          await pause(this.#world, this.#turn.signal, gracePause(elapsed, random));
        } else if (this.#resting || this.#world.now() < streamAt) {
          this.#connect('polling');
          await pause(this.#world, this.#turn.signal, this.#resting ? restPause(random) : pollPause(random));
        }
        continue;
      }
      const end = await this.#listen();
      if (this.#connection === 'live') this.#connect('connecting');
      if (this.#turn.signal.aborted) continue;
      if (end.kind === 'ended' && !isOpen(this.#last!.status)) ended = true;
      if (end.kind === 'dropped') {
        streamFailures = 0;
        shortLives = end.short ? shortLives + 1 : 0;
        if (shortLives > 4) streamAt = this.#world.now() + streamPause(shortLives - 4, random);
        await pause(this.#world, this.#turn.signal, reopenPause(shortLives, end.retryMs, random));
      } else if (!ended) {
        const certain = end.kind === 'ended' || end.certain;
        streamFailures += certain ? 2 : 1;
        knows = false;
        const wait = streamFailures > 1 ? streamPause(streamFailures - 1, random) : 0;
        streamAt = this.#world.now() + Math.max(wait, end.kind === 'failed' ? end.pauseMs : 0);
      }
    }
  }

  #listen(): Promise<StreamEnd> {
    return readStream(this.#api, this.#last?.version ?? 0, this.#world, this.#turn.signal, {
      alive: () => this.#connect('live'),
      snapshot: (value) => {
        const good = this.#take(value, null) !== null;
        if (!good) this.wake(false); // garbled on the way: fetch it whole
        return good;
      },
    });
  }

  /** One question at a time: whoever asks while one is out shares its answer. */
  #ask(signal: AbortSignal = this.#life.signal): Promise<Answer> {
    this.#question ??= this.#askOnce(signal).finally(() => (this.#question = null));
    return this.#question;
  }

  async #askOnce(signal: AbortSignal): Promise<Answer> {
    this.#lastAskAt = this.#world.now();
    let answer = await this.#api.get('', signal);
    if (signal.aborted) return { kind: 'trouble', pauseMs: 0 };
    if (answer.kind === 'refused') {
      this.#refuse(answer.httpStatus);
    } else if (answer.kind === 'ok' && !this.#take(answer.value, answer.askedAt)) {
      answer = { kind: 'trouble', pauseMs: 0 };
    }
    this.#failures = answer.kind === 'trouble' ? this.#failures + 1 : 0;
    if (answer.kind === 'trouble') this.#notBefore = this.#world.now() + answer.pauseMs;
    return answer;
  }

  /** The same for questions that the companion takes to the bank, where it can: they leave the loop's own pace alone. */
  #askBank(): Promise<Answer> {
    this.#bankQuestion ??= this.#askBankOnce().finally(() => (this.#bankQuestion = null));
    return this.#bankQuestion;
  }

  async #askBankOnce(): Promise<Answer> {
    const { signal } = this.#life;
    if (this.#world.now() < this.#notBefore) return { kind: 'trouble', pauseMs: 0 };
    if (!this.#last?.actions.includes('check')) return this.#ask();
    this.#lastBankAskAt = this.#world.now();
    const answer = await this.#api.post('/check', {}, signal);
    if (answer.kind === 'refused') this.#refuse(answer.httpStatus);
    if (answer.kind === 'problem' && answer.httpStatus !== 429) return this.#ask();
    if (answer.kind === 'ok' && this.#take(answer.value, answer.askedAt)) return answer;
    const { pauseMs } = { pauseMs: 0, ...answer };
    if (pauseMs > 0) this.#notBefore = this.#world.now() + pauseMs;
    return { kind: 'trouble', pauseMs };
  }

  #refuse(httpStatus: number): void {
    this.stop();
    this.#sink.refused(httpStatus);
  }

  /** `null` when it is no snapshot, or one of another payment. */
  #take(value: unknown, askedAt: number | null): Snapshot | null {
    const snapshot = readSnapshot(value);
    if (!snapshot || (this.#last && snapshot.payment_id !== this.#last.payment_id)) return null;
    if (this.#life.signal.aborted) return snapshot;
    if (!this.#last || snapshot.version > this.#last.version) this.#last = snapshot;
    this.#sink.snapshot(snapshot, { askedAt, receivedAt: this.#world.now() });
    if (this.#isOver()) this.stop();
    return snapshot;
  }

  /** Nothing that the payer still waits for can follow. */
  #isOver(): boolean {
    const still: readonly PaymentStatus[] = ['created', 'processing', 'expired', 'canceled'];
    return this.#last !== null && !still.includes(this.#last.status) && !isRenewable(this.#last);
  }

  #connect(connection: Connection): void {
    if (this.#life.signal.aborted || connection === this.#connection) return;
    this.#connection = connection;
    this.#sink.connection(connection);
  }
}
