import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CATALOG } from '../../demo/shop/catalog.ts';

it('a number and its unit stay on one line in the catalog', () => {
  const notes = CATALOG.flatMap(({ note }) => [note.ru, note.en]).filter((note) => /\d/.test(note));
  assert.ok(notes.length > 0);
  for (const note of notes) assert.match(note, /\d\u00a0\p{L}+$/u);
});
