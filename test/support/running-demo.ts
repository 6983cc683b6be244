import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './companion.ts';
import { PATIENCE_MS } from './patience.ts';
import { until } from './until.ts';

const MAIN = join(import.meta.dirname, '../../demo/main.ts');

/** A running `node demo/main.ts` with its own ports and folder. Needs a built element (`npm run build:cdn`). */
export class RunningDemo {
  readonly shopUrl: string;
  readonly companionUrl: string;
  readonly #process: ChildProcess;
  readonly #directory: string;
  #output = '';

  private constructor(directory: string, shopPort: number, companionPort: number, args: readonly string[]) {
    this.#directory = directory;
    this.shopUrl = `http://localhost:${shopPort}`;
    this.companionUrl = `http://127.0.0.1:${companionPort}`;
    this.#process = spawn(process.execPath, [MAIN, ...args], {
      env: {
        PATH: process.env['PATH'] ?? '',
        DEMO_SHOP_PORT: String(shopPort),
        SBP_PORT: String(companionPort),
        SBP_DATABASE_URL: `file:${directory}/demo.sqlite`,
        SBP_BANKS_URL: 'http://127.0.0.1:9/none.json',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.#process;
    for (const stream of [stdout, stderr]) stream?.on('data', (chunk) => (this.#output += String(chunk)));
  }

  static async start(...args: string[]): Promise<RunningDemo> {
    const directory = await mkdtemp(join(tmpdir(), 'sbp-demo-'));
    const demo = new RunningDemo(directory, await freePort(), await freePort(), args);
    try {
      await until(() => {
        assert.equal(demo.#process.exitCode, null, `the demo did not start:\n${demo.output}`);
        return demo.output.includes('Ctrl-C');
      }, 'the start of the demo');
    } catch (error) {
      await demo.stop();
      throw error;
    }
    return demo;
  }

  /** The output of the demo so far. */
  get output(): string {
    return this.#output;
  }

  /** Stops the demo as Ctrl-C does, and removes its data. Throws if the demo does not end by itself with code 0. */
  async stop(): Promise<void> {
    const child = this.#process;
    let tooLate: NodeJS.Timeout | undefined;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      tooLate = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
      await exited;
    }
    clearTimeout(tooLate);
    await rm(this.#directory, { recursive: true, force: true });
    if (tooLate) assert.equal(child.exitCode, 0, `it did not end:\n${this.output}`);
  }
}

/** Returns true if nothing listens at this address. */
export function isPortFree(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}
