import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './companion.ts';
import { PATIENCE_MS } from './patience.ts';

/** An nginx with only `proxy_pass`, and the settings of a test. */
export class Nginx {
  readonly url: string;
  readonly #directory: string;
  readonly #child: ChildProcess;
  #output = '';

  private constructor(path: string, directory: string, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#directory = directory;
    this.#child = spawn(path, ['-p', directory, '-c', 'nginx.conf', '-e', 'stderr'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr!.on('data', (chunk) => (this.#output += String(chunk)));
    this.#child.on('error', ({ message }) => (this.#output += message));
  }

  /** `settings`: additional lines in its `location`. */
  static async start(path: string, upstream: string, settings = ''): Promise<Nginx> {
    const directory = await mkdtemp(join(tmpdir(), 'sbp-nginx-'));
    const port = await freePort();
    await writeFile(join(directory, 'nginx.conf'), configuration(port, upstream, settings));
    const nginx = new Nginx(path, directory, port);
    await nginx.#untilItAnswers();
    return nginx;
  }

  async stop(): Promise<void> {
    if (!hasEnded(this.#child)) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exited;
    }
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #untilItAnswers(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await answers(this.url))) {
      if (hasEnded(this.#child) || Date.now() > deadline) {
        await this.stop();
        throw new Error(`nginx did not start:\n${this.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Sets only the paths and the port. nginx' own defaults decide how it proxies. */
function configuration(port: number, upstream: string, settings: string): string {
  return `daemon off;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${upstream};
      ${settings}
    }
  }
}
`;
}

/** True if the process has exited, was killed, or could not be started. */
function hasEnded({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/healthz`)).ok;
  } catch {
    return false;
  }
}
