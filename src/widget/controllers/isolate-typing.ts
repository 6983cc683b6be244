/** The events of a payer's typing: each leaves a shadow root as if it had been done to the element itself. */
const TYPING = ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'copy', 'cut', 'paste'];

/** Keys that no field needs: to get out of a dialog, to go on, to hold with others, and the browser's own. */
const FOR_THE_PAGE = /^(Escape|Tab|Shift|Control|Alt|Meta|F\d+)$/;

/**
 * Keeps what is typed into our fields from the page: its hotkeys and its listeners for `input` or `paste` see only the
 * element, take it for no text field, and answer each letter. What belongs to the page's own content in our slots
 * is not touched.
 */
export function isolateTyping(root: ShadowRoot): void {
  const keep = (event: Event): void => {
    const ours = root.contains(event.target as Node);
    const [origin] = event.composedPath() as Element[];
    const forThePage = FOR_THE_PAGE.test((event as KeyboardEvent).key);
    if (ours && origin!.localName === 'input' && !forThePage) event.stopPropagation();
  };
  for (const type of TYPING) root.addEventListener(type, keep);
}
