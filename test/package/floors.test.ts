import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const CRUISER = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const CONFIG = join(ROOT, '.dependency-cruiser.mjs');

let project: string;

beforeEach(() => (project = mkdtempSync(join(tmpdir(), 'sbp-floors-'))));
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(project, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Returns what `npm run lint` prints about the imports of a project, and its exit status. */
function lint(cwd: string): { status: number | null; output: string } {
  const args = [CRUISER, 'src', '--config', CONFIG, '--output-type', 'err'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe('the floors of the house', () => {
  it('hold in this repository', () => {
    const { status, output } = lint(ROOT);
    assert.equal(status, 0, output);
    const modules = Number(/\((\d+) modules/.exec(output)?.[1]);
    assert.ok(modules > 300, `only ${modules} modules were looked at: ${output}`);
  });

  it('allow an import downwards', () => {
    write({
      'src/protocol/money.ts': 'export const rouble = 100;',
      'src/companion/payments/refunds/refund.ts': "import '../model/payment.ts';",
      'src/companion/payments/model/payment.ts': "import '../../../protocol/money.ts';",
    });
    assert.equal(lint(project).status, 0);
  });

  for (const [from, to] of [
    ['src/companion/payments/model/payment.ts', 'src/companion/payments/refunds/refund.ts'],
    ['src/companion/notifications/outbox.ts', 'src/companion/payments/model/payment.ts'],
    ['src/companion/providers/provider.ts', 'src/companion/config.ts'],
    ['src/companion/live/hub.ts', 'src/companion/http/server.ts'],
    ['src/widget/ui/elements.ts', 'src/widget/screens/pay.ts'],
    ['src/widget/session/session.ts', 'src/companion/store/store.ts'],
    ['src/companion/store/store.ts', 'src/widget/browser/json.ts'],
    ['src/protocol/money.ts', 'src/widget/browser/json.ts'],
  ] as const) {
    for (const kind of ['import', 'import type']) {
      it(`refuse an ${kind} of ${to} by ${from}`, () => {
        const path = `${'../'.repeat(from.split('/').length - 1)}${to}`;
        write({
          [from]: `${kind} { a } from '${path}'; export const b: typeof a = 1;`,
          [to]: 'export const a = 1;',
        });
        const { status, output } = lint(project);
        assert.notEqual(status, 0, output);
        assert.match(output, /imports only what stands below it/);
      });
    }
  }

  it('refuse a circle on one floor', () => {
    write({
      'src/companion/banks/list.ts': "import './logos.ts';",
      'src/companion/banks/logos.ts': "import './list.ts';",
    });
    const { status, output } = lint(project);
    assert.notEqual(status, 0, output);
    assert.match(output, /no circle/);
  });

  it('refuse a file that stands on none of them', () => {
    write({
      'src/companion/helpers/money.ts': "import '../../protocol/money.ts';",
      'src/protocol/money.ts': 'export const rouble = 100;',
    });
    const { status, output } = lint(project);
    assert.notEqual(status, 0, output);
    assert.match(output, /a file stands on a floor/);
  });
});
