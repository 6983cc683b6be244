import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads the headings and tables of `docs/api.md`. */

export interface DocumentedOperation {
  readonly method: 'get' | 'post';
  /** Includes the base path of its API. */
  readonly path: string;
  readonly query: readonly string[];
  readonly tables: readonly Table[];
}

export interface Table {
  /** The first cell of the table's head: `field`, `response`, `events[]`, `code` … */
  readonly of: string;
  readonly rows: readonly Row[];
}

export interface Row {
  /** The words in code in the first cell. */
  readonly names: readonly string[];
  readonly cells: readonly string[];
}

const text = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8');

export const documentedOperations: readonly DocumentedOperation[] = chapters('## ').flatMap((chapter) => {
  const base = /^Base `([^`]+)`/m.exec(chapter)?.[1] ?? '';
  return sections(chapter, '### ').flatMap((section) => {
    const heading = section.slice(0, section.indexOf('\n'));
    return [...heading.matchAll(/`(GET|POST) ([^`?]+)(?:\?([^`]*))?`/g)].map(([, method, path, query]) => ({
      method: method!.toLowerCase() as 'get' | 'post',
      path: base + path!,
      query: (query ?? '')
        .split('&')
        .map((pair) => pair.split('=', 1)[0]!)
        .filter(Boolean),
      tables: tablesOf(section),
    }));
  });
});

/** Returns the operation's table whose first cell is `of`. Throws if there is none. */
export function documentedTable(operation: string, of: string): Table {
  const [method, path] = operation.split(' ');
  const found = documentedOperations.find((one) => one.method === method && one.path === path);
  const table = found?.tables.find((one) => one.of === of);
  if (!table) throw new Error(`docs/api.md has no table of "${of}" at ${operation}`);
  return table;
}

export function namesIn({ rows }: Table): string[] {
  return rows.flatMap(({ names }) => names);
}

/** Returns the words in code in a cell. */
export function wordsIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
}

export const documentedProblems = new Map(
  chapters('## Problem codes')
    .flatMap(tablesOf)
    .flatMap(({ rows }) => rows.map(({ names, cells }) => [names[0]!, Number(cells[1])] as const)),
);

/** The text before the first chapter, such as the limits of all calls. */
export const introduction = text.slice(0, text.indexOf('\n## '));

export const webhookChapter = chapters('## Webhooks to your server')[0]!;

function chapters(start: string): string[] {
  return sections(text, '## ').filter((chapter) => chapter.startsWith(start.slice(3)));
}

function sections(whole: string, mark: string): string[] {
  return whole.split(new RegExp(`^${mark}`, 'm')).slice(1);
}

function tablesOf(section: string): Table[] {
  const blocks = section.match(/(?:^\|.*\|\n?)+/gm) ?? [];
  return blocks.map((block) => {
    const [head, , ...rows] = block.trim().split('\n').map(cellsOf);
    return {
      of: head![0]!,
      rows: rows.map((cells) => ({ names: wordsIn(cells[0]!), cells })),
    };
  });
}

function cellsOf(line: string): string[] {
  return line.split('|').slice(1, -1).map((cell) => cell.trim()); // prettier-ignore
}
