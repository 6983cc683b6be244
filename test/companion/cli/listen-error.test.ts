import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { CommandError } from '../../../src/companion/cli/command-error.ts';
import { listenError } from '../../../src/companion/cli/listen-error.ts';

async function refusal(host: string, port: number): Promise<unknown> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    return listenError(error, { host, port });
  }
  server.close();
  return null;
}

function assertSays(error: unknown, words: RegExp): void {
  assert.ok(error instanceof CommandError, String(error));
  assert.match(error.message, words);
}

describe('an address that cannot be listened on', () => {
  it('names the port when it is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      assertSays(await refusal('127.0.0.1', port), new RegExp(`^SBP_PORT: .* already .*port ${port} `));
    } finally {
      server.close();
    }
  });

  it('names the host when it is not of this machine, or no name of one', async () => {
    assertSays(await refusal('192.0.2.77', 0), /^SBP_HOST: 192\.0\.2\.77 is no address of this machine/);
    assertSays(await refusal('pay.example.invalid', 0), /^SBP_HOST: .*pay\.example\.invalid.*SBP_PUBLIC_URL/);
  });

  it('names the port that needs more rights', () => {
    const error = Object.assign(new Error('listen EACCES'), { code: 'EACCES' });
    assertSays(listenError(error, { host: '0.0.0.0', port: 80 }), /^SBP_PORT: .*port 80 .*above 1023/);
  });

  it('leaves other errors alone', () => {
    const error = Object.assign(new Error('disk'), { code: 'EIO' });
    assert.equal(listenError(error, { host: '::', port: 80 }), error);
  });
});
