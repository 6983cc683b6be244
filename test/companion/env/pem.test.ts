import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { ConfigError, loadConfig } from '../../../src/companion/config.ts';

const pem = (name: string) =>
  readFileSync(join(import.meta.dirname, `../../fixtures/tls/${name}.pem`), 'utf8').trim();
const CERT = pem('client');
const KEY = pem('client-key');
const SHOP: Readonly<Record<string, string>> = {
  SBP_API_KEY: 'k-0123456789abcdef',
  SBP_TOKEN_SECRET: 't-0123456789abcdef',
  SBP_WEBHOOK_SECRET: 'w-0123456789abcdef',
  SBP_METHODS: 'buyer_qr=sberbank',
  SBP_SBERBANK_URL: 'https://mc.api.sberbank.ru:443',
  SBP_SBERBANK_CLIENT_ID: 'id',
  SBP_SBERBANK_CLIENT_SECRET: 'secret',
  SBP_SBERBANK_MEMBER_ID: '000001',
  SBP_SBERBANK_TID: '21325622',
  SBP_SBERBANK_ID_QR: '20305',
  SBP_SBERBANK_CERT: CERT,
  SBP_SBERBANK_KEY: KEY,
};
const directory = mkdtempSync(join(tmpdir(), 'sbp-pem-'));
after(() => rmSync(directory, { recursive: true }));

function mistakes(env: Record<string, string>): readonly string[] {
  try {
    loadConfig({ ...SHOP, ...env }, directory);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.doesNotMatch(error.message, /[A-Za-z0-9+/]{60}/, 'no part of a key is shown');
    return error.mistakes;
  }
}

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
}

function one(env: Record<string, string>, reason: RegExp): void {
  const told = mistakes(env);
  assert.equal(told.length, 1, told.join('\n'));
  assert.match(told[0]!, reason);
}

describe('a certificate and its key', () => {
  it('are taken with line breaks as they are, spelled out, and escaped once more', () => {
    for (const written of [
      (text: string) => text,
      (text: string) => text.replaceAll('\n', '\r\n'),
      (text: string) => text.replaceAll('\n', '\\n'),
      (text: string) => text.replaceAll('\n', '\\r\\n'),
      (text: string) => text.replaceAll('\n', '\\\\n'),
      (text: string) => `${text}\n${text}`,
    ]) {
      assert.deepEqual(mistakes({ SBP_SBERBANK_CERT: written(CERT), SBP_SBERBANK_KEY: written(KEY) }), []);
    }
  });

  it('are refused each with its own sentence', () => {
    const encrypted = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: encrypted,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const old = KEY.replace('\n', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n');
    one({ SBP_SBERBANK_KEY: privateKey }, /^SBP_SBERBANK_KEY is encrypted with a password.*openssl pkey/);
    one({ SBP_SBERBANK_KEY: old }, /^SBP_SBERBANK_KEY is encrypted with a password/);
    one(
      { SBP_SBERBANK_CERT: CERT.replaceAll('\n', ' ') },
      /^SBP_SBERBANK_CERT has lost its line breaks.*YAML/,
    );
    one({ SBP_SBERBANK_KEY: KEY.replaceAll('\n', '') }, /^SBP_SBERBANK_KEY has lost its line breaks/);
    one({ SBP_SBERBANK_CERT: KEY }, /^SBP_SBERBANK_CERT holds a private key, where the certificate belongs/);
    one({ SBP_SBERBANK_KEY: CERT }, /^SBP_SBERBANK_KEY holds a certificate, where the private key belongs/);
    one({ SBP_SBERBANK_KEY: pem('other-client-key') }, /^SBP_SBERBANK_KEY is not the key of the certificate/);
    one({ SBP_SBERBANK_CERT: `"${CERT}"` }, /^SBP_SBERBANK_CERT is in quotes/);
    one({ SBP_SBERBANK_CERT: CERT.slice(0, 300) }, /^SBP_SBERBANK_CERT is cut off/);
    one({ SBP_SBERBANK_CERT: CERT.split('\n').slice(1, -1).join('\n') }, /^SBP_SBERBANK_CERT is no PEM/);
    one({ SBP_SBERBANK_CA: CERT.replace(/M/g, '!') }, /^SBP_SBERBANK_CA must be a certificate in PEM/);
  });

  it('are refused in PKCS#12 and DER, with the way to PEM', () => {
    const pkcs12 = Buffer.from('3082096f020103308209', 'hex');
    const der = Buffer.from(CERT.split('\n').slice(1, -1).join(''), 'base64');
    const from = (name: string) => ({ SBP_SBERBANK_CERT: '', SBP_SBERBANK_CERT_FILE: name });
    assert.match(
      mistakes(from(file('shop.p12', pkcs12)))[0]!,
      /^SBP_SBERBANK_CERT_FILE .*PKCS#12.*openssl pkcs12 -in/,
    );
    assert.match(
      mistakes(from(file('shop.der', der)))[0]!,
      /^SBP_SBERBANK_CERT_FILE .*in DER.*openssl x509 -inform der/,
    );
  });
});

describe('the database and the host', () => {
  it('are refused as a folder, and with brackets or a port', () => {
    mkdirSync(join(directory, 'data'));
    for (const folder of ['file:data', 'file:data/', `file:${directory}`, 'file:.']) {
      one({ SBP_DATABASE_URL: folder }, /^SBP_DATABASE_URL names a folder, \/.*name the file in it/);
    }
    one({ SBP_HOST: '[::]' }, /^SBP_HOST must be written without brackets.*: ::, not/);
    one({ SBP_HOST: '[::1]:8787' }, /^SBP_HOST must be written without brackets.*: ::1, not/);
    one({ SBP_HOST: '0.0.0.0:8787' }, /^SBP_HOST must be an address alone: the port belongs into SBP_PORT/);
    one({ SBP_HOST: 'http://0.0.0.0' }, /^SBP_HOST must be an IP address or a name/);
    for (const host of ['::', '::1', '0.0.0.0', 'localhost', 'pay.internal', 'fe80::1%eth0']) {
      assert.deepEqual(mistakes({ SBP_HOST: host }), [], host);
    }
  });
});
