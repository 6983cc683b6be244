/**
 * A reporter of node:test that writes one letter for each test: `p` passed, `f` failed, `s` skipped. It writes each
 * letter at once, so that the tests of a file that is ended early are counted.
 */
interface Event {
  readonly type: string;
  readonly data: {
    readonly skip?: string | boolean;
    readonly details?: { readonly type?: string; readonly error?: TestError };
  };
}

interface TestError {
  readonly failureType?: string | undefined;
  readonly cause?: { readonly failureType?: string | undefined } | undefined;
}

export default async function* countReporter(source: AsyncIterable<Event>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    const isSuite = data.details?.type === 'suite';
    if (type === 'test:pass' && !isSuite) yield data.skip === undefined ? 'p' : 's';
    // Also counts a suite that fails without a failing test, for example in a hook.
    if (type === 'test:fail' && !(isSuite && isOfItsTests(data.details.error))) yield 'f';
  }
}

function isOfItsTests({ failureType, cause = {} }: TestError = {}): boolean {
  return (failureType ?? cause.failureType) === 'subtestsFailed';
}
