import { html, nothing, type TemplateResult } from 'lit';
import type { View } from '../view.ts';

/** Returns the text of the test mark. Only the sandbox's text promises that no money moves. Returns `null` for a real payment. */
export function testMarkText({ state, texts }: Pick<View, 'state' | 'texts'>): string | null {
  if (!state.snapshot?.test) return null;
  return state.snapshot.sandbox ? texts.sandbox : texts.test;
}

/** Draws the test mark at the card's upper edge (see theme/frame.ts). */
export function testMark(view: Pick<View, 'state' | 'texts'>): TemplateResult | typeof nothing {
  const text = testMarkText(view);
  return text === null ? nothing : html`<p class="test" part="test" .textContent=${text}></p>`;
}
