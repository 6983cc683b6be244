const added: HTMLElement[] = [];

/** Adds styles to the page. The element is not notified, just as with styles of a browser extension. */
export function dress(css: string): void {
  const style = document.createElement('style');
  style.textContent = css;
  document.head.append(style);
  added.push(style);
}

/** Adds markup at the end of the page, as extensions do. */
export function add(markup: string): void {
  const { body } = new DOMParser().parseFromString(markup, 'text/html');
  for (const element of [...body.children]) {
    document.body.append(element);
    added.push(element as HTMLElement);
  }
}

/** Removes everything that {@link dress} and {@link add} have added. */
export function undress(): void {
  for (const element of added.splice(0)) element.remove();
}
