/** After this time without a line, the next line names the files that are still running. */
const SILENCE_MS = 10_000;

/** Prints the progress of a run: after each file, and every few seconds during a long one. */
export class Progress {
  readonly #suite: string;
  readonly #total: number;
  readonly #say: (text: string) => void;
  readonly #running = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #done = 0;
  #saidAt = performance.now();

  constructor(suite: string, total: number, say: (text: string) => void, silenceMs = SILENCE_MS) {
    this.#suite = suite;
    this.#total = total;
    this.#say = say;
    this.#timer = setInterval(() => {
      if (this.#running.size > 0 && performance.now() - this.#saidAt >= silenceMs) this.#sayRunning();
    }, silenceMs / 5);
    this.#timer.unref();
  }

  begin(name: string): void {
    this.#running.set(name, performance.now());
  }

  /** `output`: the output of the file itself. */
  end(name: string, result: string, output = ''): void {
    this.#running.delete(name);
    this.#done++;
    this.#print(`${output}\n${this.#place} ${name}: ${result}\n\n`);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  get #place(): string {
    return `[${this.#suite} ${this.#done} of ${this.#total} files]`;
  }

  #sayRunning(): void {
    const names = [...this.#running].map(
      ([name, since]) => `${name}, ${Math.round((performance.now() - since) / 1_000)} s`,
    );
    this.#print(`${this.#place} still running: ${names.join('; ')}\n`);
  }

  #print(text: string): void {
    this.#saidAt = performance.now();
    this.#say(text);
  }
}
