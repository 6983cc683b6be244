import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

/** The cuts below fit this release. Review them for another release. */
const VERSION = '3.1.1';

/** Each cut: from the first text up to the next occurrence of the second; the third text replaces it. */
const CUTS: readonly (readonly [from: string, upTo: string, instead: string])[] = [
  // A check of the arguments that only helps developers.
  ['if (typeof config == "function")', 'const { onEvent', ''],
  ['"Cannot feed parser', ');', '"overlong event"'],
  // Error reports: stream.ts sets no `onError`.
  ['onError = noop, ', 'onRetry', ''],
  [', onError(\n      new ParseError(`Buffered', '));', ''],
  [': onError(\n          new ParseError(`Invalid', ';\n        break;', ': void 0'],
  ['default:\n        onError(', '}\n  }\n  function dispatchEvent', ''],
  // Comments: stream.ts sets no `onComment`.
  ['onComment, ', 'maxBufferSize', ''],
  ['if (onComment)', 'return;', ''],
  // stream.ts opens a new parser for each stream.
  ['function reset(', 'return { feed', ''],
  [', reset };', '\n}', ' };'],
];

/** Removes the parts of eventsource-parser that `stream.ts` does not use. The build fails if a cut does not fit. */
export function leanEventStream(): Plugin {
  let done = false;
  return {
    name: 'lean-event-stream',
    apply: 'build',
    transform(code, id) {
      if (!id.endsWith('/eventsource-parser/dist/index.js')) return null;
      const { version } = JSON.parse(readFileSync(resolve(id, '../../package.json'), 'utf8')) as {
        version: string;
      };
      if (version !== VERSION) this.error(`eventsource-parser ${version} is not ${VERSION}: read it first`);
      let edited = code;
      for (const [from, upTo, instead] of CUTS) {
        const parts = edited.split(from);
        const end = parts[1]?.indexOf(upTo) ?? -1;
        if (parts.length !== 2 || end < 0) this.error(`eventsource-parser does not fit the cut at ${from}`);
        edited = `${parts[0]!}${instead}${parts[1]!.slice(end)}`;
      }
      done = true;
      return { code: edited, map: null };
    },
    buildEnd(error) {
      if (!error && !done) this.error('The build has no eventsource-parser: nothing was left out of it');
    },
  };
}
