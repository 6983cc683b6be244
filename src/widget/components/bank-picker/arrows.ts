/** The links of one list on the screen, in order: tiles in several columns, or rows in one column. */
export interface LinkList {
  readonly links: readonly HTMLElement[];
  readonly columns: number;
}

/**
 * Returns the link that an arrow key moves to among lists that stand one above the other. Returns `null` above the first
 * line, and `from` when there is no link in that direction.
 */
export function linkInDirection(
  lists: readonly LinkList[],
  from: HTMLElement,
  key: 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight',
  rtl: boolean,
): HTMLElement | null {
  const at = lists.findIndex(({ links }) => links.includes(from));
  const list = lists[at];
  if (!list) return from;
  const { links, columns } = list;
  const index = links.indexOf(from);
  const column = index % columns;
  switch (key) {
    case 'ArrowUp':
      return links[index - columns] ?? (at > 0 ? inLastLine(lists[at - 1]!, column) : null);
    case 'ArrowDown': {
      const below = links[index + columns];
      if (below) return below;
      // No link is directly below, but the last line is not full.
      if (index - column + columns < links.length) return links[links.length - 1]!;
      return at + 1 < lists.length ? inFirstLine(lists[at + 1]!, column) : from;
    }
    default: {
      if (columns === 1) return from;
      return links[index + ((key === 'ArrowRight') === rtl ? -1 : 1)] ?? from;
    }
  }
}

function inFirstLine({ links, columns }: LinkList, column: number): HTMLElement {
  return links[Math.min(column, columns - 1, links.length - 1)]!;
}

function inLastLine({ links, columns }: LinkList, column: number): HTMLElement {
  const first = links.length - 1 - ((links.length - 1) % columns);
  return links[Math.min(first + Math.min(column, columns - 1), links.length - 1)]!;
}

/** Returns the number of links in one line, as laid out now. */
export function columnsOf(links: readonly HTMLElement[]): number {
  const top = links[0]?.offsetTop;
  const next = links.findIndex(({ offsetTop }) => offsetTop !== top);
  return next > 0 ? next : Math.max(1, links.length);
}
