import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { API_KEY, apiClient, freePort, testEnv } from '../test/support/companion.ts';

/** Bytes. A larger database is checked after the start. */
const READ_AT_ONCE_BYTES = 32 * 2 ** 20;
const CLI = join(import.meta.dirname, '../src/companion/cli/main.ts');

/** A companion in its own process, and the waiting times of its callers. */
export class Shop {
  readonly directory: string;
  readonly times = new Map<string, number[]>();
  #port = 0;
  #child: ChildProcess | null = null;
  output = '';

  constructor(directory: string) {
    this.directory = directory;
  }

  get file(): string {
    return join(this.directory, 'test.sqlite');
  }

  get client() {
    return apiClient(`http://127.0.0.1:${this.#port}`);
  }

  /** Time in ms until it serves requests. */
  async start(env: Record<string, string> = {}): Promise<number> {
    this.#port = await freePort();
    this.output = '';
    const begun = performance.now();
    const child = spawn(process.execPath, [CLI, 'serve'], {
      env: { ...process.env, ...testEnv(this.#port, this.directory), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (this.output += String(chunk)));
    }
    for (;;) {
      const answered = await fetch(`${this.client.url}/healthz`).catch(() => null);
      if (answered?.ok) return performance.now() - begun;
      if (child.exitCode !== null) throw new Error(this.output);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const ended = child.exitCode === null ? once(child, 'exit') : null;
    child.kill();
    await ended;
  }

  /** Resolves after the background check of the file. A small file is checked before the start. */
  async checked(): Promise<void> {
    if ((await stat(this.file)).size <= READ_AT_ONCE_BYTES) return;
    while (!this.output.includes('database checked')) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** Calls the merchant API with the key. Returns the text of the response. */
  async call(path: string): Promise<string> {
    const response = await fetch(this.client.url + path, { headers: { authorization: `Bearer ${API_KEY}` } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return text;
  }

  async measure(name: string, work: () => Promise<unknown>): Promise<void> {
    const begun = performance.now();
    await work();
    this.add(name, performance.now() - begun);
  }

  add(name: string, ms: number): void {
    this.times.set(name, [...(this.times.get(name) ?? []), ms]);
  }
}
