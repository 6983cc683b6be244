/**
 * A reporter of node:test that writes one letter for each test: `p` passed, `f` failed, `s` skipped. It writes as it
 * goes, so that a file that is ended in the middle has counted what came before.
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
    // A suite that fails without a failing test (a broken hook) must count as well.
    if (type === 'test:fail' && !(isSuite && isOfItsTests(data.details.error))) yield 'f';
  }
}

function isOfItsTests({ failureType, cause = {} }: TestError = {}): boolean {
  return (failureType ?? cause.failureType) === 'subtestsFailed';
}
