import { readSnapshot } from '../../protocol/read-snapshot.ts';
import { isRenewable, type Snapshot } from '../../protocol/snapshot.ts';
import { isOpen, type PaymentStatus } from '../../protocol/status.ts';
import { BankChecks } from './bank-checks.ts';
import type { CheckoutApi } from './api.ts';
import type {
  ActionBody,
  ActionPath,
  ActionResult,
  Answer,
  Connection,
  Refusal,
  SessionCallbacks,
  Trouble,
} from './types.ts';
import { listen } from './listen.ts';
import { nextStep, type Step } from './next-step.ts';
import { ASK_GAP_MS, FORGIVE_GAP_MS, TROUBLED_GAP_MS, NO_COMPANION_MS } from './timing.ts';
import { pause } from './pause.ts';
import { StreamRecord } from './stream-record.ts';
import type { Environment } from './environment.ts';

/** The checkout's line to its companion: one loop that has one request at a time, plus questions asked in between. */
export class Session {
  readonly #api: CheckoutApi;
  readonly #callbacks: SessionCallbacks;
  readonly #environment: Environment;
  readonly #life = new AbortController();
  /** The loop's present request or pause; aborting it makes the loop ask at once. */
  #turn = new AbortController();
  #question: Promise<Answer> | null = null;
  #bankQuestion: Promise<Answer> | null = null;
  #check: Promise<boolean> | null = null;
  readonly #bankChecks: BankChecks;
  #last: Snapshot | null = null;
  readonly #streams: StreamRecord;
  #connection: Connection = 'connecting';
  /** What the browser says. */
  #network = true;
  #failures = 0;
  /** What came last in place of the companion's answer. */
  #came: string | null = null;
  #cancelUnheard: (() => void) | null = null;
  #lastAskAt = -Infinity;
  #lastBankAskAt = -Infinity;
  /** The server asked to be left alone until then (`Retry-After`). */
  #notBefore = -Infinity;
  /** The first question may not come earlier: an earlier session has just asked. */
  #startsAt = -Infinity;
  #forgivenAt = -Infinity;
  #running = false;
  /** True when the last snapshot is current, so that a stream may be opened without a question first. */
  #isCurrent = false;
  /**
   * Since when the loop only polls for a late payment, monotonic ms: the first answer after the companion ended the stream
   * with a result. `Infinity` until that answer; `null` while a stream is to be read.
   */
  #graceSince: number | null = null;
  #listening = false;
  #acting = false;
  #resting = false;
  #cancelWake: (() => void) | null = null;
  #reopen = false;
  #wokenAt = -Infinity;

  /** `earlier`: a stopped session of the same payment. What it knew still holds, and so do the distances it kept. */
  constructor(
    api: CheckoutApi,
    callbacks: SessionCallbacks,
    environment: Environment,
    earlier: Session | null = null,
  ) {
    this.#api = api;
    this.#callbacks = callbacks;
    this.#environment = environment;
    this.#streams = earlier ? earlier.#streams : new StreamRecord();
    if (earlier) {
      this.#last = earlier.#last;
      this.#failures = earlier.#failures;
      this.#notBefore = earlier.#notBefore;
      this.#lastAskAt = earlier.#lastAskAt;
      this.#lastBankAskAt = earlier.#lastBankAskAt;
      this.#forgivenAt = earlier.#forgivenAt;
      this.#startsAt = this.#lastAskAt + this.#gap();
    }
    this.#bankChecks = new BankChecks(environment, () => void this.#askBank());
  }

  start(): void {
    if (this.#running || this.#life.signal.aborted) return;
    this.#running = true;
    this.#noticeSilence(NO_COMPANION_MS);
    void this.#run().finally(() => (this.#running = false));
  }

  /** For good: a stopped session has no timer and no request left and says nothing more. */
  stop(): void {
    this.#life.abort();
    this.#turn.abort();
    this.#cancelWake?.();
    this.#cancelUnheard?.();
    this.#bankChecks.stop();
  }

  /**
   * Asks soon. `reopen` when the page was away (hidden, offline, asleep): a stream that looks open may be dead.
   * However often it is called, questions keep their distance, the more so while the companion is in trouble.
   */
  wake(reopen: boolean): void {
    if (this.#isOver()) return;
    const wait = Math.max(
      0,
      this.#lastAskAt + this.#gap() - this.#environment.now(),
      this.#notBefore - this.#environment.now(),
    );
    this.#resting = false;
    this.#reopen ||= reopen;
    this.#wokenAt = this.#environment.now();
    if (this.#cancelWake) return;
    this.#cancelWake = this.#environment.after(wait, () => {
      this.#cancelWake = null;
      const away = this.#reopen;
      this.#reopen = false;
      const listening = this.#running && this.#listening;
      if (listening && away) this.#turn.abort();
      else if (this.#lastAskAt > this.#wokenAt || (this.#question && !away))
        return; // the answer is fresh, or on its way
      else if (!this.#running) this.start();
      else if (listening) void this.#ask();
      else this.#turn.abort();
    });
  }

  #gap(): number {
    return this.#failures > 2 ? TROUBLED_GAP_MS : ASK_GAP_MS;
  }

  /** Nobody has looked for long: the stream is given up for a question now and then, until the next `wake`. */
  rest(): void {
    this.#resting = true;
    this.#turn.abort();
  }

  /** The payer is back from the bank: it is asked at once, and a few times more. However many signs tell of it. */
  returned(): void {
    if (!this.#isOver()) this.#bankChecks.start();
  }

  /** The page cannot be seen any more. */
  away(): void {
    this.#bankChecks.stop();
  }

  /** The browser says that there is no network. A byte that comes all the same proves it wrong. */
  wentOffline(): void {
    if (!this.#isOver()) this.#connect('offline', false);
  }

  /**
   * What failed without a network says nothing about the companion: the first question need not wait. A network that comes
   * and goes is no excuse each time.
   */
  cameOnline(): void {
    const now = this.#environment.now();
    if (now - this.#forgivenAt >= FORGIVE_GAP_MS) {
      this.#forgivenAt = now;
      this.#failures = 0;
    }
    this.#connect(this.#connection, true);
    this.#noticeSilence(NO_COMPANION_MS);
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
    const now = this.#environment.now();
    if (now < this.#notBefore) return false;
    const lastAt = bank ? Math.max(this.#lastAskAt, this.#lastBankAskAt) : this.#lastAskAt;
    const wait = Math.max(0, lastAt + ASK_GAP_MS - now);
    if (!(bank ? this.#bankQuestion : this.#question)) await pause(this.#environment, signal, wait);
    if (signal.aborted || (await (bank ? this.#askBank() : this.#ask())).kind !== 'ok') return false;
    // The loop waits to ask again: it need not.
    if (this.#connection === 'offline') this.#turn.abort();
    return true;
  }

  /**
   * Does what the payer asks for, one thing at a time: `null` while another is under way. The answered snapshot goes
   * the way of all others; without one a question follows, since it may have been done, or may no longer be possible.
   */
  async sendAction(path: ActionPath, body: ActionBody): Promise<ActionResult | null> {
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
    if (answer.kind === 'refused') this.#refuse(answer.refusal);
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
    let answer: Answer | null = null;
    this.#isCurrent = false;
    this.#graceSince = null;
    for (;;) {
      // A renewed payment has a stream again.
      if (!answer && this.#last && isOpen(this.#last.status)) this.#graceSince = null;
      const step = this.#nextStep(answer);
      if (step === 'stop') return;
      answer = null;
      this.#turn = new AbortController();
      const signal: AbortSignal = this.#turn.signal;
      if (step === 'ask') answer = await this.#askNext(signal);
      else if (step === 'listen') await this.#listen(signal);
      else {
        if (step.connection) this.#connect(step.connection);
        await pause(this.#environment, signal, step.ms);
      }
      // Woken: the next step is a question, which is quicker than a stream.
      if (signal.aborted) this.#isCurrent = false;
    }
  }

  #nextStep(answer: Answer | null): Step {
    const now = this.#environment.now();
    return nextStep({
      isOver: this.#isOver(),
      answer,
      isCurrent: this.#isCurrent,
      graceMs: this.#graceSince === null ? null : now - this.#graceSince,
      isResting: this.#resting,
      failures: this.#failures,
      isBarred: this.#streams.isBarred(now),
      barredMs: Math.max(this.#notBefore, this.#startsAt) - now,
      random: this.#environment.random(),
    });
  }

  /** Returns `null` when a wake cut the question short. */
  async #askNext(signal: AbortSignal): Promise<Answer | null> {
    const answer = await this.#ask(signal);
    if (signal.aborted) return null;
    this.#isCurrent = this.#failures === 0;
    if (this.#isCurrent && this.#connection === 'offline') this.#connect('connecting');
    if (this.#graceSince !== null && answer.kind !== 'trouble') {
      this.#graceSince = Math.min(this.#graceSince, this.#environment.now());
    }
    return answer;
  }

  async #listen(signal: AbortSignal): Promise<void> {
    this.#listening = true;
    const end = await listen({
      api: this.#api,
      environment: this.#environment,
      signal,
      streams: this.#streams,
      version: () => this.#last?.version ?? 0,
      take: (value) => this.#take(value, null),
      garbled: () => this.wake(false),
      ask: () => this.#ask(signal),
      barredMs: () => this.#notBefore - this.#environment.now(),
      failures: () => this.#failures,
      connect: (connection) => this.#connect(connection),
    });
    this.#listening = false;
    if (this.#connection === 'live') this.#connect('connecting');
    if (signal.aborted) return;
    if (end.kind === 'ended' && !isOpen(this.#last!.status)) {
      this.#graceSince = Infinity;
      return;
    }
    this.#isCurrent = end.kind === 'dropped';
    const ms = this.#streams.ended(end, this.#environment.now(), this.#environment.random());
    if (ms > 0) await pause(this.#environment, signal, ms);
  }

  /** Says so when no companion has been heard by then; not while there is no network, nor of a companion that is busy. */
  #noticeSilence(ms: number): void {
    this.#cancelUnheard?.();
    if (this.#last) return;
    this.#came = null;
    this.#cancelUnheard = this.#environment.after(ms, () => {
      if (this.#last) return;
      if (this.#came === null || !this.#network) this.#noticeSilence(TROUBLED_GAP_MS);
      else this.#callbacks.companionNotFound(this.#came);
    });
  }

  /** One question at a time: whoever asks while one is out shares its answer. */
  #ask(signal: AbortSignal = this.#life.signal): Promise<Answer> {
    this.#question ??= this.#askOnce(signal).finally(() => (this.#question = null));
    return this.#question;
  }

  async #askOnce(signal: AbortSignal): Promise<Answer> {
    this.#lastAskAt = this.#environment.now();
    let answer = await this.#api.get('', signal);
    if (signal.aborted) return UNANSWERED;
    if (answer.kind === 'refused') {
      this.#refuse(answer.refusal);
    } else if (answer.kind === 'ok' && !this.#take(answer.value, answer.askedAt)) {
      answer = { ...UNANSWERED, received: 'JSON, but not of this payment' };
    }
    this.#failures = answer.kind === 'trouble' ? this.#failures + 1 : 0;
    if (answer.kind === 'trouble') {
      this.#notBefore = this.#environment.now() + answer.pauseMs;
      this.#came = answer.received;
    }
    return answer;
  }

  /** The same for questions that the companion takes to the bank, where it can: they leave the loop's own pace alone. */
  #askBank(): Promise<Answer> {
    this.#bankQuestion ??= this.#askBankOnce().finally(() => (this.#bankQuestion = null));
    return this.#bankQuestion;
  }

  async #askBankOnce(): Promise<Answer> {
    const { signal } = this.#life;
    if (this.#environment.now() < this.#notBefore) return UNANSWERED;
    if (!this.#last?.actions.includes('check')) return this.#ask();
    this.#lastBankAskAt = this.#environment.now();
    const answer = await this.#api.post('/check', {}, signal);
    if (answer.kind === 'refused') this.#refuse(answer.refusal);
    if (answer.kind === 'problem' && answer.httpStatus !== 429) return this.#ask();
    if (answer.kind === 'ok' && this.#take(answer.value, answer.askedAt)) return answer;
    const { pauseMs } = { pauseMs: 0, ...answer };
    if (pauseMs > 0) this.#notBefore = this.#environment.now() + pauseMs;
    return { ...UNANSWERED, pauseMs };
  }

  #refuse(refusal: Refusal): void {
    this.stop();
    this.#callbacks.refused(refusal);
  }

  /** `null` when it is no snapshot, or one of another payment. */
  #take(value: unknown, askedAt: number | null): Snapshot | null {
    const snapshot = readSnapshot(value);
    if (!snapshot || (this.#last && snapshot.payment_id !== this.#last.payment_id)) return null;
    if (this.#life.signal.aborted) return snapshot;
    if (!this.#last || snapshot.version > this.#last.version) this.#last = snapshot;
    this.#callbacks.snapshot(snapshot, { askedAt, receivedAt: this.#environment.now() });
    if (this.#isOver()) this.stop();
    return snapshot;
  }

  /** True when the session was stopped, or when nothing that the payer waits for can follow. */
  #isOver(): boolean {
    const waiting: readonly PaymentStatus[] = ['created', 'processing', 'expired', 'canceled'];
    return (
      this.#life.signal.aborted ||
      (this.#last !== null && !waiting.includes(this.#last.status) && !isRenewable(this.#last))
    );
  }

  #connect(connection: Connection, network = this.#network): void {
    const isSame = connection === this.#connection && network === this.#network;
    if (this.#life.signal.aborted || isSame) return;
    this.#connection = connection;
    this.#network = network;
    this.#callbacks.connection(connection, network);
  }
}

const UNANSWERED: Trouble = { kind: 'trouble', pauseMs: 0, received: null };
