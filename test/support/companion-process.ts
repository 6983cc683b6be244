import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { apiClient, freePort, testEnv } from './companion.ts';

/** Longer than any end in order may take. */
const END_DEADLINE_MS = 20_000;
const CLI = join(import.meta.dirname, '../../src/companion/cli.ts');

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
  static async start(env: Record<string, string> = {}, script = CLI): Promise<CompanionProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'sbp-process-'));
    const instance = new CompanionProcess(await freePort(), directory, env, script);
    await instance.start();
    return instance;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [this.#script, 'serve'], {
      env: { PATH: process.env['PATH'] ?? '', ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (this.output += String(chunk)));
    const deadline = Date.now() + 15_000;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`it did not start:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** The end without warning. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** The end in order; it can be started again. */
  async terminate(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async stop(): Promise<void> {
    await this.terminate();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Changes its data behind its back, as no API can. */
  changeData(change: (db: DatabaseSync) => void): void {
    const db = new DatabaseSync(join(this.#directory, 'test.sqlite'), { timeout: 5000 });
    change(db);
    db.close();
  }

  /** Holds the database as another program could; answers how to let it go. */
  lockData(): () => void {
    const db = new DatabaseSync(join(this.#directory, 'test.sqlite'), { timeout: 5000 });
    db.exec('BEGIN IMMEDIATE');
    return () => db.close();
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

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child?.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    const tooLate = setTimeout(() => child.kill('SIGKILL'), END_DEADLINE_MS);
    await exited;
    clearTimeout(tooLate);
    if (signal !== 'SIGKILL' && child.signalCode === 'SIGKILL')
      throw new Error(`${signal} has not ended it in ${END_DEADLINE_MS} ms:\n${this.output}`);
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/healthz`)).ok;
    } catch {
      return false;
    }
  }
}
