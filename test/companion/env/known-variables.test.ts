import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ConfigError, loadConfig } from '../../../src/companion/config.ts';
import { isSingleTypo } from '../../../src/companion/env/known-variables.ts';

const SHOP = {
  SBP_API_KEY: 'k'.repeat(32),
  SBP_TOKEN_SECRET: 't'.repeat(32),
  SBP_WEBHOOK_SECRET: 'w'.repeat(32),
  SBP_METHODS: 'sbp=sandbox',
  SBP_SANDBOX: 'allow',
};

function mistakes(env: Record<string, string>): readonly string[] {
  try {
    loadConfig({ ...SHOP, ...env }, '/srv');
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.mistakes;
  }
}

const warnings = (env: Record<string, string>) =>
  loadConfig({ ...SHOP, ...env }, '/srv').warnings.filter((warning) => !warning.startsWith('TEST MODE'));

describe('variables that nothing reads', () => {
  it('are listed in a warning', () => {
    assert.deepEqual(warnings({}), []);
    const [told, ...others] = warnings({ SBP_COLOUR_OF_THE_SHOP: 'red', SBP_FUTURE: '1', HOME: '/root' });
    assert.match(told!, /SBP_COLOUR_OF_THE_SHOP, SBP_FUTURE/);
    assert.deepEqual(others, []);
    assert.deepEqual(warnings({ SBP_COLOUR_OF_THE_SHOP: '' }), [], 'an empty one counts as unset');
  });

  it('prevent the start when a single typo away from an unset setting', () => {
    for (const [typed, meant] of [
      ['SBP_METHOD_FILE', 'SBP_METHODS_FILE'],
      ['SBP_PUBLIC_ULR', 'SBP_PUBLIC_URL'],
      ['SBP_PUBLIC_URI', 'SBP_PUBLIC_URL'],
      ['SBP_PUBLICURL', 'SBP_PUBLIC_URL'],
      ['SBP_PUBLIC__URL', 'SBP_PUBLIC_URL'],
      ['SPB_PUBLIC_URL', 'SBP_PUBLIC_URL'],
      ['SBP_FREEPAYMENT_SECRETKEY', 'SBP_FREEPAYMENT_SECRET_KEY'],
      ['SBP_SBERBANK_CETR', 'SBP_SBERBANK_CERT'],
      ['SBP_TOKEN_SECRET_FLIE', 'SBP_TOKEN_SECRET_FILE'],
    ] as const) {
      assert.deepEqual(mistakes({ [typed]: 'x' }), [
        `${typed} is no setting; did you mean ${meant}? (SBP_IGNORE=${typed} excuses it)`,
      ]);
    }
  });

  it('only warn when that setting is set, and are silent when SBP_IGNORE names them', () => {
    assert.match(warnings({ SBP_METHOD: 'sbp' })[0]!, /SBP_METHOD$/);
    assert.deepEqual(
      warnings({ SBP_PUBLIC_URI: 'x', SBP_COLOUR: 'y', SBP_IGNORE: 'SBP_PUBLIC_URI, SBP_COLOUR' }),
      [],
    );
  });

  it('do not include the variables that Kubernetes sets for a service', () => {
    const links = {
      SBP_SERVICE_HOST: '10.0.0.1',
      SBP_SERVICE_PORT: '8787',
      SBP_SERVICE_PORT_HTTP: '8787',
      SBP_CHECKOUT_SERVICE_HOST: '10.0.0.1',
      SBP_CHECKOUT_PORT: 'tcp://10.0.0.1:8787',
      SBP_CHECKOUT_PORT_8787_TCP: 'tcp://10.0.0.1:8787',
      SBP_CHECKOUT_PORT_8787_TCP_PROTO: 'tcp',
      SBP_CHECKOUT_PORT_8787_TCP_PORT: '8787',
      SBP_CHECKOUT_PORT_8787_TCP_ADDR: '10.0.0.1',
      SBP_PORT_8787_TCP_ADDR: '10.0.0.1',
    };
    assert.deepEqual(warnings(links), []);
    assert.match(warnings({ SBP_CHECKOUT_PORT: '8787' })[0]!, /SBP_CHECKOUT_PORT/, 'not of that shape');
  });

  it('SBP_PORT set by Kubernetes: the mistake says how to prevent it', () => {
    const [told, ...others] = mistakes({ SBP_PORT: 'tcp://10.0.0.1:8787' });
    assert.match(told!, /^SBP_PORT .*enableServiceLinks: false/);
    assert.deepEqual(others, []);
  });
});

describe('the names that count as known', () => {
  it('include every name in the documentation, whatever is used', () => {
    const docs = ['README.md', 'docs/providers.md', 'docs/api.md', 'docs/webhooks.md', 'docs/element.md']
      .map((file) => readFileSync(join(import.meta.dirname, '../../..', file), 'utf8'))
      .join('\n');
    const named = new Set(docs.match(/(?<![\w*])SBP_[A-Z0-9]+(?:_[A-Z0-9]+)*\b(?!_)/g));
    assert.ok(named.size > 40, `only ${named.size} were found`);
    for (const slip of ['SBP_METHOD', 'SBP_PUBLIC_ULR']) assert.ok(named.delete(slip), slip);
    for (const name of named) {
      const set = { [name]: 'x' };
      const told = [...mistakes(set), ...(mistakes(set).length === 0 ? warnings(set) : [])].join('\n');
      assert.ok(!told.includes('Nothing reads') && !told.includes('is no setting'), `${name}: ${told}`);
    }
  });
});

describe('isSingleTypo', () => {
  const name = fc.string({ unit: fc.constantFrom('A', 'B', 'S', '_'), minLength: 1, maxLength: 12 });

  it('agrees with a list of all single typos', () => {
    fc.assert(
      fc.property(name, name, (typed, meant) => {
        assert.equal(isSingleTypo(typed, meant), typosOf(meant).has(typed), `${typed} ${meant}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds every typo', () => {
    fc.assert(
      fc.property(name, (meant) => {
        for (const typed of typosOf(meant)) assert.ok(isSingleTypo(typed, meant), `${typed} ${meant}`);
      }),
    );
  });

  function typosOf(meant: string): Set<string> {
    const found = new Set<string>();
    for (let at = 0; at <= meant.length; at++) {
      const [before, after] = [meant.slice(0, at), meant.slice(at)];
      for (const letter of ['A', 'B', 'S', '_']) {
        found.add(before + letter + after);
        if (after) found.add(before + letter + after.slice(1));
      }
      if (after) found.add(before + after.slice(1));
      if (after.length > 1) found.add(before + after[1]! + after[0]! + after.slice(2));
    }
    found.delete(meant);
    return found;
  }
});
