import type { KyselyPlugin, QueryResult, UnknownRow } from 'kysely';
import type { Store, Writer } from '../../src/companion/store/store.ts';

/** A step that waits until the test releases it. */
export class Hold {
  readonly reached: Promise<void>;
  readonly #letGo: Promise<void>;
  #arrive!: () => void;
  release!: () => void;

  constructor() {
    this.reached = new Promise((resolve) => (this.#arrive = resolve));
    this.#letGo = new Promise((resolve) => (this.release = resolve));
  }

  async wait(): Promise<void> {
    this.#arrive();
    await this.#letGo;
  }
}

/** A real store that pauses at steps the test chooses, so that a test can act between two steps. */
export class HeldStore implements Store {
  readonly read: Store['read'];
  readonly migrated: Store['migrated'];
  readonly checked: Store['checked'];
  readonly #inner: Store;
  #reads: { paymentId: string; nth: number; hold: Hold } | null = null;
  #commit: { paymentId: string; version: number; hold: Hold } | null = null;

  constructor(inner: Store) {
    this.#inner = inner;
    this.migrated = inner.migrated;
    this.checked = inner.checked;
    const plugin: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        await this.#holdRead(result);
        return result;
      },
    };
    this.read = inner.read.withPlugin(plugin);
  }

  /** Pauses the nth read of this payment from now on, after the read and before its result is used. */
  holdRead(paymentId: string, nth: number): Hold {
    const hold = new Hold();
    this.#reads = { paymentId, nth, hold };
    return hold;
  }

  /** Pauses the write that brings the payment to this version, after its commit and before all further work. */
  holdAfterCommit(paymentId: string, version: number): Hold {
    const hold = new Hold();
    this.#commit = { paymentId, version, hold };
    return hold;
  }

  async write<T>(work: (trx: Writer) => Promise<T>): Promise<T> {
    const answer = await this.#inner.write(work);
    const held = this.#commit;
    if (held) {
      const row = await this.#inner.read
        .selectFrom('payments')
        .select('version')
        .where('id', '=', held.paymentId)
        .executeTakeFirst();
      if (row?.version === held.version && this.#commit === held) {
        this.#commit = null;
        await held.hold.wait();
      }
    }
    return answer;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #holdRead(result: QueryResult<UnknownRow>): Promise<void> {
    const held = this.#reads;
    if (!held || result.rows.length !== 1 || result.rows[0]!['id'] !== held.paymentId) return;
    held.nth--;
    if (held.nth > 0) return;
    this.#reads = null;
    await held.hold.wait();
  }
}
