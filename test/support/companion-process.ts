import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { assertCleanAddresses } from './address-scan.ts';
import { apiClient, freePort, testEnv } from './companion.ts';
import { assertNoLeaks } from './log-scan.ts';
import { secretsOf } from './secrets.ts';
import { assertNoTokensStored } from './token-scan.ts';
import { PATIENCE_MS } from './patience.ts';

const CLI = join(import.meta.dirname, '../../src/companion/cli/main.ts');
/** A compile cache, because reading the sources takes half of the start. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/compiled');

/** The companion as in production: its own process, which can be killed and restarted on the same data. */
export class CompanionProcess {
  readonly port: number;
  readonly url: string;
  readonly client: ReturnType<typeof apiClient>;
  readonly #directory: string;
  readonly #env: Record<string, string>;
  readonly #script: string;
  #child: ChildProcess | null = null;
  output = '';

  private constructor(port: number, directory: string, env: Record<string, string>, script: string) {
    this.port = port;
    this.#directory = directory;
    this.#script = script;
    this.#env = { ...testEnv(port, directory), ...env };
    this.url = this.#env['SBP_PUBLIC_URL']!;
    this.client = apiClient(this.url);
  }

  /** `script`: runs this program in place of the companion. */
  static async start(
    env: Record<string, string> = {},
    script = CLI,
    patienceMs = PATIENCE_MS,
  ): Promise<CompanionProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'sbp-process-'));
    const instance = new CompanionProcess(await freePort(), directory, env, script);
    try {
      await instance.start(patienceMs);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
    return instance;
  }

  /**
   * Resolves when the companion responds. Kills the process and throws if it does not respond in time, because no
   * caller can stop it.
   */
  async start(patienceMs = PATIENCE_MS): Promise<void> {
    const child = spawn(process.execPath, [this.#script, 'serve'], {
      env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: COMPILED, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (this.output += String(chunk)));
      if (stream instanceof Socket) stream.unref();
    }
    // Lets the test process end even if a hook fails before it stops the companion.
    child.unref();
    const closed = once(child, 'close');
    const deadline = Date.now() + patienceMs;
    while (!(await this.#answers())) {
      if (hasEnded(child) || Date.now() > deadline) {
        await this.kill();
        await closed; // includes the last output
        throw new Error(`it did not start:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Kills the process without warning. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops the companion as an operator does. It can be started again. Returns the exit code. */
  async terminate(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** Resolves when the process has ended by itself. */
  async ended(): Promise<void> {
    const child = this.#child;
    child?.ref();
    if (child && !hasEnded(child)) await once(child, 'close');
    this.#child = null;
  }

  /** Stops the companion and removes its data. Fails if a log line, an address or the database contains a secret. */
  async stop(): Promise<void> {
    await this.terminate();
    assertNoTokensStored(this.databaseFile);
    await rm(this.#directory, { recursive: true, force: true });
    assertNoLeaks(this.output, secretsOf(this.#env));
    assertCleanAddresses();
  }

  /** Changes the database directly, in ways that no API offers. */
  changeData(change: (db: DatabaseSync) => void): void {
    const db = new DatabaseSync(this.databaseFile, { timeout: 5000 });
    change(db);
    db.close();
  }

  /** Locks the database as another program could. Returns a function that unlocks it. */
  lockData(): () => void {
    const db = new DatabaseSync(this.databaseFile, { timeout: 5000 });
    db.exec('BEGIN IMMEDIATE');
    return () => db.close();
  }

  get databaseFile(): string {
    return this.#env['SBP_DATABASE_URL']!.slice('file:'.length);
  }

  /** The environment for other commands on the same data. */
  get env(): Readonly<Record<string, string>> {
    return this.#env;
  }

  get isAlive(): boolean {
    return this.#child !== null && !hasEnded(this.#child);
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('it does not run');
    return this.#child.pid;
  }

  /** Resident memory, in MB. */
  memoryMb(): number {
    const kilobytes = spawnSync('ps', ['-o', 'rss=', '-p', String(this.pid)], {
      encoding: 'utf8',
    }).stdout;
    return Math.round(Number(kilobytes) / 1024);
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (!child || hasEnded(child)) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.ref();
    child.kill(signal);
    const tooLate = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await exited;
    clearTimeout(tooLate);
    if (signal !== 'SIGKILL' && child.signalCode === 'SIGKILL')
      throw new Error(`${signal} has not ended it in ${PATIENCE_MS} ms:\n${this.output}`);
    return child.exitCode;
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/healthz`)).ok;
    } catch {
      return false;
    }
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
