import { parseArgs } from 'node:util';
import { CommandError } from '../src/companion/cli/command-error.ts';
import { isSingleTypo } from '../src/companion/env/known-variables.ts';

export interface DemoArguments {
  /** Serves the element from its sources, so that edits show at once. */
  readonly dev: boolean;
  /** Builds the element first. */
  readonly build: boolean;
  /** The simulated payment system; `null` for the sandbox. */
  readonly provider: string | null;
}

const OPTIONS = {
  dev: { type: 'boolean' },
  build: { type: 'boolean' },
  provider: { type: 'string' },
} as const;
/** The arguments in error messages. The others are only for package.json. */
const USAGE = '--provider <name>';

/** Returns the arguments of the command line. Throws a {@link CommandError} that names the mistake and the valid arguments. */
export function readArguments(args: readonly string[], providers: readonly string[]): DemoArguments {
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  let dev = false;
  let build = false;
  let provider: string | null = null;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new CommandError(unexpectedArgument(token.value, providers));
    if (token.name === 'dev') dev = true;
    else if (token.name === 'build') build = true;
    else if (token.name === 'provider') provider = readProvider(token.value, providers);
    else throw new CommandError(`There is no option ${token.rawName}: the demo takes ${USAGE}.`);
  }
  return { dev, build, provider };
}

function readProvider(name: string | undefined, providers: readonly string[]): string {
  if (name !== undefined && providers.includes(name)) return name;
  const asked = name === undefined ? 'no name' : `"${name}"`;
  const meant = providers.find((known) => name !== undefined && isSingleTypo(name, known));
  const question = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new CommandError(`--provider takes ${list(providers)}, not ${asked}.${question}`);
}

/** npm keeps options before its own `--`, and passes on only their values. */
function unexpectedArgument(word: string, providers: readonly string[]): string {
  return providers.includes(word)
    ? `The demo takes no "${word}" by itself. With npm, two hyphens come first: npm run demo -- --provider ${word}`
    : `The demo takes no "${word}": it takes ${USAGE}, one of ${list(providers)}.`;
}

function list(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)!}`;
}
