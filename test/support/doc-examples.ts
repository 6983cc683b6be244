import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../..');

/** The modules of the published package that the examples import, and their sources. */
const SOURCES = {
  'sbp-checkout/webhooks': 'src/webhooks/webhooks.ts',
  'sbp-checkout/companion': 'src/companion/index.ts',
};

/** Writes the JavaScript blocks of a docs/ page that begin with a file name into a separate folder. */
export class DocExamples {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sbp-doc-examples-'));

  constructor(page: string) {
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'));
    const text = readFileSync(join(root, 'docs', page), 'utf8');
    for (const [, code, name] of text.matchAll(/```js\n(\/\/ ([\w-]+\.mjs)[^]*?)```/g)) {
      let runnable = code!;
      for (const [published, source] of Object.entries(SOURCES)) {
        runnable = runnable.replace(published, pathToFileURL(join(root, source)).href);
      }
      this.write(name!, runnable);
      // Also writes the example for the older version of Express.
      if (runnable.includes("from 'express'")) {
        this.write(
          name!.replace('express', 'express4'),
          runnable.replace("from 'express'", "from 'express4'"),
        );
      }
    }
  }

  write(name: string, code: string): void {
    writeFileSync(join(this.#folder, name), code);
  }

  async load(name: string): Promise<Record<string, unknown>> {
    return (await import(pathToFileURL(join(this.#folder, name)).href)) as Record<string, unknown>;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
