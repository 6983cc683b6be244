import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { jsonFault } from '../../../../src/companion/http/plumbing/json-fault.ts';

/** Texts that newcomers send, each with the expected message. */
const FAULTS: readonly (readonly [string, RegExp])[] = [
  ["{'order_id':'A'}", /^line 1, column 2: .*' found; .*double quotes/],
  ['{"a":1,}', /^line 1, column 8: .*} found; leave out the comma before it/],
  ['{"a":[1,\n2,]}', /^line 2, column 3: .*] found; leave out the comma before it/],
  ['{order_id:"A"}', /^line 1, column 2: .*order_id found; names stand in double quotes/],
  ['{“order_id”:"A"}', /^line 1, column 2: .*“ found; .*double quotes/],
  ['{"amount":NaN}', /^line 1, column 11: a value expected, NaN found/],
  ['{"paid":True}', /^line 1, column 9: a value expected, True found; .*true, false, null/],
  ['{"amount":125000.}', /^line 1, column 11: .*125000\. found; write numbers as 125000/],
  ['{"amount":1 250}', /^line 1, column 13: a comma or the closing bracket expected, 250 found/],
  ['{"amount":0125}', /^line 1, column 11: .*0125 found/],
  ['{"a" 1}', /^line 1, column 6: a colon expected, 1 found/],
  ['{"a":1} {}', /^line 1, column 9: nothing more expected, { found/],
  ['{"a":{"b":1}', /^line 1, column 13: .*the end of the body found/],
  ['{"a":"two\nlines"}', /^line 1, column 10: a line break .* write \\n/],
  ['{"path":"C:\\x"}', /^line 1, column 12: a backslash .* write \\\\/],
  ['{"a":"open', /^line 1, column 6: this string has no closing double quote/],
  ['{"a":1} // note', /^line 1, column 9: .*JSON has no comments/],
  ['order_id=A&amount=5', /^line 1, column 1: a value expected, order_id found/],
  ['{"a":[1}', /^line 1, column 8: .*} found/],
];

describe('jsonFault', () => {
  it('says where and what', () => {
    for (const [text, expected] of FAULTS) assert.match(jsonFault(text) ?? 'no fault', expected, text);
  });

  it('finds a fault exactly where JSON.parse does', () => {
    const isJson = (text: string) => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const texts = fc.oneof(
      fc.json(),
      fc
        .tuple(fc.json(), fc.nat(), fc.constantFrom(...Array.from('{}[]:,"\'\\0.e-+ \nx')))
        .map(([text, at, character]) => {
          const place = at % (text.length + 1);
          return text.slice(0, place) + character + text.slice(place + 1);
        }),
      fc.string({ unit: fc.constantFrom(...Array.from('{}[]:,"\\0159.eE-+ \ntruefalsn')) }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(jsonFault(text) === null, isJson(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads a long text in one pass', () => {
    const text = `[${'{"a":"b\\n"},'.repeat(80_000)}]`;
    assert.match(jsonFault(text) ?? '', /] found; leave out the comma/);
    assert.equal(jsonFault('['.repeat(500_000))?.includes('the end of the body'), true);
  });
});
