import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { openStore } from '../../../src/companion/store/store.ts';
import { StoreError } from '../../../src/companion/store/store-error.ts';

function newFile(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'sbp-owner-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'shop.sqlite');
}

async function made(t: TestContext): Promise<string> {
  const file = newFile(t);
  await (await openStore(file)).close();
  return file;
}

function refusal(words: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof StoreError, String(error));
    assert.match(error.message, words);
    return true;
  };
}

/** Skips the test if this user or system cannot mount. */
async function whileMounted(
  t: TestContext,
  from: string,
  at: string,
  work: () => Promise<void>,
): Promise<void> {
  const { status, stderr, error } = spawnSync('mount', ['--bind', from, at], { encoding: 'utf8' });
  if (status !== 0) {
    t.skip(`nothing can be mounted here: ${error?.message ?? stderr}`);
    return;
  }
  try {
    await work();
  } finally {
    spawnSync('umount', [at]);
  }
}

describe('the one owner of a database', () => {
  it('is none when the file has a second name: each would have a lock of its own', async (t) => {
    const file = await made(t);
    const other = `${file}.copy`;
    linkSync(file, other);
    for (const name of [file, other]) {
      await assert.rejects(openStore(name), refusal(/has 2 names \(hard links\).*remove the others/));
    }
    rmSync(other);
    await (await openStore(file)).close();
  });

  it('stays the only one when a second name is made while it is at work', async (t) => {
    const file = newFile(t);
    const store = await openStore(file);
    linkSync(file, `${file}.copy`);
    await assert.rejects(openStore(`${file}.copy`), refusal(/hard links/));
    await store.close();
  });

  it('is none when the file is mounted by itself, under whatever name', async (t) => {
    const file = await made(t);
    const folder = join(dirname(file), 'other place');
    mkdirSync(folder);
    const mounted = join(folder, 'магазин.sqlite');
    writeFileSync(mounted, '');
    const link = `${file}.link`;
    symlinkSync(mounted, link);
    await whileMounted(t, file, mounted, async () => {
      for (const name of [mounted, link]) {
        await assert.rejects(
          openStore(name),
          refusal(/is mounted as a single file.*Mount its folder instead/),
        );
      }
    });
  });

  it('is one when its folder is mounted under two names', async (t) => {
    const file = await made(t);
    const folder = mkdtempSync(join(tmpdir(), 'sbp-owner-'));
    t.after(() => rmSync(folder, { recursive: true }));
    await whileMounted(t, dirname(file), folder, async () => {
      const store = await openStore(join(folder, basename(file)));
      await assert.rejects(openStore(file), refusal(/in use by another sbp-checkout process/));
      await store.close();
      await (await openStore(file)).close();
    });
  });

  it('lets go of everything when it closes, also of what it has never read from', async (t) => {
    const file = await made(t);
    for (const rest of ['-wal', '-shm']) assert.equal(existsSync(file + rest), false, rest);
  });

  it('does not begin anew where a database has been', async (t) => {
    const file = await made(t);
    rmSync(file);
    await assert.rejects(
      openStore(file),
      refusal(/is gone: restore a backup\. \(To begin anew, delete .*lock/),
    );
    rmSync(`${file}.lock`);
    await (await openStore(file)).close();
  });

  it('does not touch what another version has brought up to date', async (t) => {
    const file = newFile(t);
    const store = await openStore(file);
    await store.write((trx) =>
      sql`insert into kysely_migration (name, timestamp) values ('9999_later', '9999')`.execute(trx),
    );
    await store.close();
    await assert.rejects(openStore(file), refusal(/another version of sbp-checkout.*use that version/));
  });
});
