const added: HTMLElement[] = [];

/** Dresses the page; the element hears of it only as it would of an extension's work: not at all. */
export function dress(css: string): void {
  const style = document.createElement('style');
  style.textContent = css;
  document.head.append(style);
  added.push(style);
}

/** Puts markup at the end of the page, as extensions do. */
export function add(markup: string): void {
  const { body } = new DOMParser().parseFromString(markup, 'text/html');
  for (const element of [...body.children]) {
    document.body.append(element);
    added.push(element as HTMLElement);
  }
}

/** Takes off all that {@link dress} and {@link add} have put on. */
export function undress(): void {
  for (const element of added.splice(0)) element.remove();
}
