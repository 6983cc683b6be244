import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ConfigError, loadConfig } from '../../../src/companion/config.ts';

const SHOP: Readonly<Record<string, string>> = {
  SBP_API_KEY: 'k-0123456789abcdef',
  SBP_TOKEN_SECRET: 't-0123456789abcdef',
  SBP_WEBHOOK_SECRET: 'w-0123456789abcdef',
  SBP_METHODS: 'sbp=sbp-api',
  SBP_PUBLIC_URL: 'https://pay.example.ru',
  SBP_SBP_API_URL: 'https://upstream.example',
  SBP_SBP_API_TOKEN: 'upstream-token',
  SBP_SBP_API_WEBHOOK_SECRET: 'u-0123456789abcdef',
};
const SECRETS = [
  'SBP_API_KEY',
  'SBP_TOKEN_SECRET',
  'SBP_WEBHOOK_SECRET',
  'SBP_SBP_API_WEBHOOK_SECRET',
  'SBP_SBP_API_TOKEN',
];

const directory = mkdtempSync(join(tmpdir(), 'sbp-secrets-'));
after(() => rmSync(directory, { recursive: true }));

function mistakes(env: Record<string, string>): readonly string[] {
  try {
    loadConfig({ ...SHOP, ...env }, directory);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    for (const value of Object.values(env)) {
      assert.ok(!value.includes('hunter2') || !error.message.includes('hunter2'), 'a secret is shown');
    }
    return error.mistakes;
  }
}

function fileOf(name: string, content: string | Buffer): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

describe('a secret that can never match', () => {
  const long = 'hunter2-0123456789abcdef';
  for (const name of SECRETS) {
    it(`is refused as ${name}, with the reason`, () => {
      assert.deepEqual(mistakes({ [name]: long }), []);
      for (const [value, reason] of [
        [`"${long}"`, /is in quotes/],
        [`'${long}'`, /is in quotes/],
        ['`hunter2-0123456789abcdef`', /is in quotes/],
        [`«${long}»`, /is in quotes/],
        [`hunter2 ${long}`, /has a space in it/],
        [`hunter2\t${long}`, /has a space in it/],
        [`${long}\n${long}`, /has several lines/],
        [`${long}\r\n${long}`, /has several lines/],
        [`секрет-${long}`, /not printable ASCII/],
        [`${long}\u200b`, /not printable ASCII/],
        [`${long}\u0007`, /not printable ASCII/],
        [`\ufeff${long}`, /not printable ASCII|byte order mark/],
        ['hunter2'.repeat(80), /is longer than 512 characters/],
      ] as const) {
        const told = mistakes({ [name]: value });
        // A byte order mark counts as white space and is trimmed, so the value is valid.
        if (value.startsWith('\ufeff') && told.length === 0) continue;
        assert.equal(told.length, 1, `${JSON.stringify(value)}: ${told.join('\n')}`);
        assert.match(told[0]!, new RegExp(`^${name} `));
        assert.match(told[0]!, reason);
      }
    });
  }

  it('is refused in a file as well, whatever wrote that', () => {
    const text = `${long}\n`;
    for (const [content, reason] of [
      [`${long}\n${long}\n`, /^SBP_API_KEY has several lines/],
      [Buffer.from(`\ufeff${text}`, 'utf16le'), /^SBP_API_KEY_FILE names a file in UTF-16/],
      [Buffer.from(text, 'utf16le'), /^SBP_API_KEY_FILE names a file in UTF-16/],
      [Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), /^SBP_API_KEY_FILE names a file in UTF-16/],
      [`\ufeff${text}`, /^SBP_API_KEY_FILE names a file that begins with a byte order mark/],
      [Buffer.from([0x6b, 0xe9, 0xff]), /^SBP_API_KEY_FILE names a file that is no UTF-8 text/],
    ] as const) {
      const told = mistakes({ SBP_API_KEY: '', SBP_API_KEY_FILE: fileOf('key', content) });
      assert.match(told[0]!, reason);
    }
    mkdirSync(join(directory, 'folder'), { recursive: true });
    const [folder] = mistakes({ SBP_API_KEY: '', SBP_API_KEY_FILE: join(directory, 'folder') });
    assert.match(folder!, /^SBP_API_KEY_FILE names a folder/);
    for (const fine of [`${long}\n`, `${long}\r\n`, `  ${long}  \n\n`, `${long},\n${long}2\n`]) {
      assert.deepEqual(
        mistakes({ SBP_API_KEY: '', SBP_API_KEY_FILE: fileOf('key', fine) }),
        [],
        JSON.stringify(fine),
      );
    }
  });
});

describe('one secret for several doors', () => {
  it('is refused for any two of them, also while one replaces another', () => {
    const same = 'hunter2-0123456789abcdef';
    const doors = ['SBP_API_KEY', 'SBP_TOKEN_SECRET', 'SBP_WEBHOOK_SECRET'] as const;
    for (const one of doors) {
      for (const other of doors) {
        if (one >= other) continue;
        const told = mistakes({ [one]: same, [other]: `new-0123456789abcdef, ${same}` });
        assert.equal(told.length, 1);
        assert.match(told[0]!, new RegExp(`^${one} and ${other} hold the same secret`));
      }
    }
    assert.equal(mistakes(Object.fromEntries(doors.map((name) => [name, same]))).length, 3);
    for (const environment of ['production', 'development']) {
      assert.equal(mistakes({ NODE_ENV: environment, SBP_API_KEY: same, SBP_TOKEN_SECRET: same }).length, 1);
    }
  });
});
