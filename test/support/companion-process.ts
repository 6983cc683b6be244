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
/** Half of what a start takes is reading the sources. */
const COMPILED = join(import.meta.dirname, '../../node_modules/.cache/compiled');

/** The companion as it really runs: a process of its own, which can be killed and started again on the same data. */
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

  /** `script`: another program than the real one, for a control. */
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

  /** Resolves when it answers. One that does not is ended: nobody else has it in hand. */
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
    // Where a hook fails before it can stop the companion, the file of tests comes to its end all the same.
    child.unref();
    const closed = once(child, 'close');
    const deadline = Date.now() + patienceMs;
    while (!(await this.#answers())) {
      if (hasEnded(child) || Date.now() > deadline) {
        await this.kill();
        await closed; // with its last words
        throw new Error(`it did not start:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** The end without warning. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** The end as its operator asks for it, after which it can be started again; answers the exit code. */
  async terminate(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** Resolves when it has ended by itself. */
  async ended(): Promise<void> {
    const child = this.#child;
    child?.ref();
    if (child && !hasEnded(child)) await once(child, 'close');
    this.#child = null;
  }

  /** Fails as well if anything was logged, or asked for, that must never be. */
  async stop(): Promise<void> {
    await this.terminate();
    assertNoTokensStored(this.databaseFile);
    await rm(this.#directory, { recursive: true, force: true });
    assertNoLeaks(this.output, secretsOf(this.#env));
    assertCleanAddresses();
  }

  /** Changes its data behind its back, as no API can. */
  changeData(change: (db: DatabaseSync) => void): void {
    const db = new DatabaseSync(this.databaseFile, { timeout: 5000 });
    change(db);
    db.close();
  }

  /** Holds the database as another program could; answers how to let it go. */
  lockData(): () => void {
    const db = new DatabaseSync(this.databaseFile, { timeout: 5000 });
    db.exec('BEGIN IMMEDIATE');
    return () => db.close();
  }

  get databaseFile(): string {
    return this.#env['SBP_DATABASE_URL']!.slice('file:'.length);
  }

  /** For commands of the same companion. */
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
