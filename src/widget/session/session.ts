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

/** The connection of one checkout to its companion: a loop with one request at a time, and single requests in between. */
export class Session {
  readonly #api: CheckoutApi;
  readonly #callbacks: SessionCallbacks;
  readonly #environment: Environment;
  readonly #life = new AbortController();
  /** Aborts the present request or pause of the loop; the loop then sends a request at once. */
  #turn = new AbortController();
  #question: Promise<Answer> | null = null;
  #bankQuestion: Promise<Answer> | null = null;
  #check: Promise<boolean> | null = null;
  readonly #bankChecks: BankChecks;
  #last: Snapshot | null = null;
  readonly #streams: StreamRecord;
  #connection: Connection = 'connecting';
  /** False while the browser reports that it is offline. */
  #network = true;
  #failures = 0;
  /** The last failed request got this instead of the companion's response; `null` when the companion itself failed. */
  #came: string | null = null;
  #cancelUnheard: (() => void) | null = null;
  #lastAskAt = -Infinity;
  #lastBankAskAt = -Infinity;
  /** No request before this time, since the server sent `Retry-After`. */
  #notBefore = -Infinity;
  /** No first request before this time, since an earlier session has just sent one. */
  #startsAt = -Infinity;
  #forgivenAt = -Infinity;
  #running = false;
  /** True when the last snapshot is current, so that a stream may be opened without a request first. */
  #isCurrent = false;
  /**
   * Since when the loop only polls for a late payment, monotonic ms: the first response after the companion ended the stream with
   * a result. `Infinity` until that response; `null` while the loop reads streams.
   */
  #graceSince: number | null = null;
  #listening = false;
  #acting = false;
  #resting = false;
  #cancelWake: (() => void) | null = null;
  #reopen = false;
  #wokenAt = -Infinity;

  /**
   * @param earlier A stopped session of the same payment. This session takes over its snapshot and its pauses between
   * requests.
   */
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

  /** Stops for good: no timer, no request and no callback follows. */
  stop(): void {
    this.#life.abort();
    this.#turn.abort();
    this.#cancelWake?.();
    this.#cancelUnheard?.();
    this.#bankChecks.stop();
  }

  /**
   * Requests the snapshot soon. Set `reopen` when the page was hidden, offline or asleep: its stream may be dead though it looks
   * open. Repeated calls keep a minimum gap between requests. The gap is longer while the companion fails.
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
        return; // A request after the wake was answered, or one is running.
      else if (!this.#running) this.start();
      else if (listening) void this.#ask();
      else this.#turn.abort();
    });
  }

  #gap(): number {
    return this.#failures > 2 ? TROUBLED_GAP_MS : ASK_GAP_MS;
  }

  /** Replaces the stream by rare polls until the next `wake`, since nobody has looked at the page for long. */
  rest(): void {
    this.#resting = true;
    this.#turn.abort();
  }

  /** Starts a series of checks with the bank, since the payer is back from it. Repeated calls during a series do nothing. */
  returned(): void {
    if (!this.#isOver()) this.#bankChecks.start();
  }

  /** Stops the checks with the bank, since the page is hidden. */
  away(): void {
    this.#bankChecks.stop();
  }

  /** Notes that the browser reports no network. Bytes that still arrive prove it wrong. */
  wentOffline(): void {
    if (!this.#isOver()) this.#connect('offline', false);
  }

  /**
   * Forgets the failures so far, since requests that failed without a network say nothing about the companion: the next request
   * need not wait. A network that comes and goes resets the failures at most once per FORGIVE_GAP_MS.
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
   * Requests the snapshot now, but not twice within a second and not before `Retry-After` is over. With `bank`, the companion
   * checks with the bank first, where it can. Returns true if the companion has responded.
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
    // The companion responds again: end the loop's pause.
    if (this.#connection === 'offline') this.#turn.abort();
    return true;
  }

  /**
   * Sends one action of the payer at a time. Returns `null` while another action is running. The snapshot in the response is
   * handled like any other. Without one, a request for the snapshot follows, since the action may still have been done.
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

  /** Makes the loop listen again after a renewal. At that time the loop only polls for a late payment, or has ended. */
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
      // A wake cut the step short: send a request next, since it is quicker than a stream.
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

  /** Returns `null` when a wake cut the request short. */
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

  /**
   * Reports that there is no companion if none has responded after `ms`. Waits on while there is no network or the companion
   * is busy.
   */
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

  /** Requests the snapshot. Calls during a request share its response. */
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

  /**
   * Requests the snapshot after a check with the bank, where the companion can do that. Does not affect the pace of the
   * loop.
   */
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

  /** Returns `null` when the value is no snapshot of this payment. */
  #take(value: unknown, askedAt: number | null): Snapshot | null {
    const snapshot = readSnapshot(value);
    if (!snapshot || (this.#last && snapshot.payment_id !== this.#last.payment_id)) return null;
    if (this.#life.signal.aborted) return snapshot;
    if (!this.#last || snapshot.version > this.#last.version) this.#last = snapshot;
    this.#callbacks.snapshot(snapshot, { askedAt, receivedAt: this.#environment.now() });
    if (this.#isOver()) this.stop();
    return snapshot;
  }

  /**
   * Returns true when the session was stopped, or when the payment cannot change any more in a way that the payer waits for.
   */
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
