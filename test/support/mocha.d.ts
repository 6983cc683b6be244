/** The globals of Web Test Runner's browser tests. All other tests import theirs from node:test. */
declare function describe(name: string, suite: () => void): void;
declare function it(name: string, test: () => unknown): void;
declare function beforeEach(run: () => unknown): void;
declare function afterEach(run: () => unknown): void;
declare function after(run: () => unknown): void;
