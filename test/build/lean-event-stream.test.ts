import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { createParser } from 'eventsource-parser';
import { build, type Rolldown } from 'vite';
import { leanEventStream } from '../../build/lean-event-stream.ts';

const LIBRARY = import.meta.resolve('eventsource-parser').replace('file://', '');
const MAX_BUFFER_SIZE = 200;

/** Lines of every kind, including those whose error reports the build removes. */
const LINES = [
  ...['data: {"version":1}', 'data:a', 'data', 'event: snapshot', 'event', 'id: 7', 'id:\0', ': beat', ':'],
  ...[
    'retry: 2000',
    'retry: soon',
    'unknown: x',
    `${'long'.repeat(9)}: x`,
    'no colon',
    ' data: x',
    '',
    '',
    '',
  ],
];
const LINE_ENDS = ['\n', '\n', '\r\n', '\r'];

type CreateParser = typeof createParser;

/** Returns the parser from the build that payers load. */
async function builtParser(): Promise<CreateParser> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    plugins: [leanEventStream()],
    build: { write: false, minify: true, lib: { entry: LIBRARY, formats: ['es'], fileName: 'parser' } },
  })) as Rolldown.RolldownOutput[];
  const { code } = built[0]!.output[0];
  assert.doesNotMatch(code, /Unknown field|Invalid `retry`|must be an object/);
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    createParser: CreateParser;
  };
  return module.createParser;
}

/** Returns everything that a parser reports for these chunks. */
function report(create: CreateParser, chunks: readonly string[]): unknown[] {
  const reported: unknown[] = [];
  const parser = create({
    maxBufferSize: MAX_BUFFER_SIZE,
    onEvent: (event) => reported.push(event),
    onRetry: (ms) => reported.push(ms),
  });
  try {
    for (const chunk of chunks) parser.feed(chunk);
  } catch {
    reported.push('terminated');
  }
  return reported;
}

/** A fixed sequence, so that a failure can be repeated. 0 ≤ x < 1. */
function randomFrom(seed: number): () => number {
  let value = seed;
  return () => (value = (value * 16_807) % 2_147_483_647) / 2_147_483_647;
}

function cut(text: string, random: () => number): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = 1 + Math.floor(random() * 40);
    chunks.push(text.slice(at, (at += length)));
  }
  return chunks;
}

describe('the event stream parser of the built element', () => {
  let lean: CreateParser;
  before(async () => void (lean = await builtParser()));

  it('reports the same events as the whole library, for any stream in any chunks', () => {
    const random = randomFrom(1);
    const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)]!;
    let count = 0;
    for (let stream = 0; stream < 2_000; stream++) {
      const lines = Array.from({ length: 30 }, () => pick(LINES) + pick(LINE_ENDS));
      const chunks = cut(lines.join(''), random);
      const expected = report(createParser, chunks);
      assert.deepEqual(report(lean, chunks), expected, JSON.stringify(chunks));
      count += expected.length;
    }
    assert.ok(count > 5_000, `${count} reports compared`);
  });

  it('stops at an overlong event', () => {
    const chunks = Array.from({ length: 5 }, () => `data: ${'x'.repeat(MAX_BUFFER_SIZE)}`);
    assert.deepEqual(report(createParser, chunks), ['terminated']);
    assert.deepEqual(report(lean, chunks), ['terminated']);
  });
});
