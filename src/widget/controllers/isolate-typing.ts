/** The events of typing. Outside the shadow root, their target is the element and not the field. */
const TYPING = ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'copy', 'cut', 'paste'];

/** Keys that no field needs: Escape for dialogs, Tab, modifiers, and the function keys of the browser. */
const FOR_THE_PAGE = /^(Escape|Tab|Shift|Control|Alt|Meta|F\d+)$/;

/**
 * Hides typing in our fields from the page. The page's hotkeys and its listeners for `input` or `paste` see the element,
 * which is no text field to them, and would react to each letter. Events from the page's own content in our slots pass.
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
