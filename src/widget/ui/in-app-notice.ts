import { html, nothing, type TemplateResult } from 'lit';
import { followsIntents } from '../browser/in-app-browser.ts';
import type { View } from '../view.ts';

/**
 * The ways out of an app's own browser. The empty element keeps its room from the first picture on (inAppNoticeStyles):
 * it comes with a part of its own, the banks below it with another, and neither may move what the other has drawn.
 */
export function inAppNotice(view: View): TemplateResult | typeof nothing {
  const { inApp } = view;
  if (!inApp) return nothing;
  return html`<sbp-way-out
    class=${followsIntents(inApp) ? 'exit' : nothing}
    exportparts="button,message"
    .view=${view}
  ></sbp-way-out>`;
}
