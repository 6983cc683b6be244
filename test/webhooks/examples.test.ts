import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, it } from 'node:test';
import { PATIENCE_MS } from '../support/patience.ts';

const root = join(import.meta.dirname, '../..');
const examples = join(root, 'docs/examples/webhooks');
const drivers = join(import.meta.dirname, 'examples');
const vectorsFile = join(examples, 'vectors.json');

interface Vectors {
  readonly body: string;
  readonly cases: readonly { readonly name: string; readonly accepted: boolean }[];
}
const vectors = JSON.parse(readFileSync(vectorsFile, 'utf8')) as Vectors;

interface Language {
  readonly name: string;
  /** This command ends with 0 if the interpreter is installed. */
  readonly probe: readonly [string, ...string[]];
  readonly files: readonly [example: string, driver: string];
  /** Runs in the folder with copies of both files. The path of the vectors is added as the last argument. */
  readonly run: readonly [string, ...string[]];
  readonly project?: { readonly file: string; readonly text: string };
}

const CSPROJ = `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>
  <OutputType>Exe</OutputType><TargetFramework>net8.0</TargetFramework>
  <RollForward>Major</RollForward><Nullable>enable</Nullable>
</PropertyGroup></Project>`;

const LANGUAGES: readonly Language[] = [
  {
    name: 'Node',
    probe: [process.execPath, '--version'],
    files: ['verify.mjs', 'driver.mjs'],
    run: [process.execPath, 'driver.mjs'],
  },
  {
    name: 'Python',
    probe: ['python3', '--version'],
    files: ['verify.py', 'driver.py'],
    run: ['python3', 'driver.py'],
  },
  {
    name: 'PHP',
    probe: ['php', '--version'],
    files: ['verify.php', 'driver.php'],
    run: ['php', 'driver.php'],
  },
  {
    name: 'Go',
    probe: ['go', 'version'],
    files: ['verify.go', 'driver.go'],
    run: ['go', 'run', 'verify.go', 'driver.go'],
  },
  {
    name: 'C#',
    probe: ['dotnet', '--version'],
    files: ['Verifier.cs', 'Driver.cs'],
    run: ['dotnet', 'run', '--'],
    project: { file: 'example.csproj', text: CSPROJ },
  },
];

describe('the webhook verifiers of the documentation', () => {
  for (const { name, probe, files, run, project } of LANGUAGES) {
    const [probeCommand, ...probeArguments] = probe;
    const atHand = spawnSync(probeCommand, probeArguments, { timeout: PATIENCE_MS }).status === 0;
    // Skips with a message instead of passing: without the language the example has not been tested.
    const skip = atHand ? false : `${probeCommand} is not installed here, so this example was not run`;
    it(`${name}: takes and refuses what the vectors say`, { skip }, () => {
      const folder = mkdtempSync(join(tmpdir(), 'sbp-example-'));
      try {
        for (const [from, file] of [
          [examples, files[0]],
          [drivers, files[1]],
        ] as const) {
          cpSync(join(from, file), join(folder, file));
        }
        if (project) writeFileSync(join(folder, project.file), project.text);
        if (name === 'Node') usePackageSources(join(folder, files[0]));
        const [command, ...args] = run;
        const { status, stdout, stderr } = spawnSync(command, [...args, vectorsFile], {
          cwd: folder,
          encoding: 'utf8',
          timeout: PATIENCE_MS,
          env: { ...process.env, PYTHONIOENCODING: 'utf-8', GO111MODULE: 'off', DOTNET_NOLOGO: '1' },
        });
        assert.equal(status, 0, stderr || stdout);
        const said = stdout.trim().split(/\r?\n/);
        const { order_id } = JSON.parse(vectors.body) as { order_id: string };
        assert.deepEqual(
          Object.fromEntries(vectors.cases.map((item, i) => [item.name, said[i]])),
          Object.fromEntries(vectors.cases.map((item) => [item.name, item.accepted ? order_id : 'refused'])),
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

/** The example imports the published package. Replaces the import with the module's source. */
function usePackageSources(file: string): void {
  const sources = pathToFileURL(join(root, 'src/webhooks/webhooks.ts')).href;
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes("'sbp-checkout/webhooks'"));
  writeFileSync(file, text.replace('sbp-checkout/webhooks', sources));
}
