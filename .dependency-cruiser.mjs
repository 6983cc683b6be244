/**
 * The floors of `src`, from the ground up. A file imports from its own floor and from the floors below it. `npm run lint`
 * fails on an import upwards, on a file that stands on no floor, and on a circle.
 */
const WIDGET = [
  'protocol',
  'widget/theme',
  'widget/browser',
  'widget/locales',
  'widget/session',
  'widget/events.ts',
  'widget/state',
  'widget/controllers',
  'widget/view.ts',
  'widget/actions.ts',
  'widget/ui',
  'widget/components',
  'widget/screens',
  'widget/parts.ts',
  'widget/sbp-checkout.ts',
  'widget/index.ts',
  'widget/hosted-page',
];

const COMPANION = [
  'protocol',
  'webhooks',
  'companion/lib',
  'companion/outbound',
  'companion/env',
  'companion/store',
  'companion/metrics.ts',
  'companion/banks',
  'companion/providers',
  'companion/config.ts',
  'companion/notifications',
  'companion/payments/model',
  'companion/table-metrics.ts',
  'companion/payments/context.ts',
  'companion/payments/refunds',
  'companion/payments/reports',
  'companion/payments/lifecycle',
  'companion/payments/reconciler',
  'companion/live',
  'companion/http',
  'companion/companion.ts',
  'companion/index.ts',
  'companion/cli',
];

const pathOf = (floors) =>
  `^src/(${floors.map((floor) => floor.replace('.', '\\.') + (floor.endsWith('.ts') ? '$' : '/')).join('|')})`;

/** One rule a floor: the floors above it may not be imported. */
function rules(floors) {
  return floors.map((floor, index) => ({
    name: `src/${floor} imports only what stands below it`,
    severity: 'error',
    from: { path: pathOf([floor]) },
    to: { path: '^src/', pathNot: pathOf(floors.slice(0, index + 1)) },
  }));
}

export default {
  forbidden: [
    // `protocol` is the ground of both houses: one rule is enough.
    ...rules(WIDGET),
    ...rules(COMPANION).slice(1),
    {
      name: 'a file stands on a floor',
      severity: 'error',
      from: { path: '^src/', pathNot: pathOf([...WIDGET, ...COMPANION]) },
      to: {},
    },
    { name: 'no circle', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    // Types count: who knows a type of another floor knows that floor.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
