/** The time between two summaries of a repeated warning, ms. */
const PERIOD_MS = 60_000;

/** The part of a logger that is used here. */
interface WarnLog {
  warn(fields: object, message: string): void;
}

interface Sample {
  more: number;
  /** Belongs to the last entry that was not written. */
  fields: object;
  message: string;
  readonly timer: NodeJS.Timeout;
}

/**
 * Logs warnings that strangers can cause at will. The first of a kind is written at once; after that one line a minute
 * counts the others (`more`), with the fields of the last one. A flood costs two lines a minute and hides nothing.
 */
export class SampledLog {
  readonly #log: WarnLog;
  readonly #periodMs: number;
  readonly #kinds = new Map<string, Sample>();

  /** `periodMs`: the time between two summaries. Defaults to a minute. */
  constructor(log: WarnLog, periodMs = PERIOD_MS) {
    this.#log = log;
    this.#periodMs = periodMs;
  }

  /** `kind` must be a constant of our own code: kinds chosen by callers could fill the memory and the log. */
  warn(kind: string, fields: object, message: string): void {
    const sample = this.#kinds.get(kind);
    if (sample) {
      sample.more++;
      sample.fields = fields;
      sample.message = message;
      return;
    }
    this.#log.warn(fields, message);
    const timer = setInterval(() => this.#summarize(kind), this.#periodMs).unref();
    this.#kinds.set(kind, { more: 0, fields, message, timer });
  }

  /** Writes the last summaries and stops. */
  close(): void {
    for (const kind of [...this.#kinds.keys()]) {
      this.#summarize(kind);
      this.#forget(kind);
    }
  }

  #summarize(kind: string): void {
    const sample = this.#kinds.get(kind)!;
    if (sample.more === 0) {
      // A quiet minute: the next one is a first one again.
      this.#forget(kind);
      return;
    }
    this.#log.warn({ ...sample.fields, more: sample.more }, sample.message);
    sample.more = 0;
  }

  #forget(kind: string): void {
    clearInterval(this.#kinds.get(kind)?.timer);
    this.#kinds.delete(kind);
  }
}
