const LOOK_MS = 500;
/** What has not ended by then is cut off: the process ends. */
const DEADLINE_MS = 10_000;

/**
 * Calls `stop` once, when the demo is to end: at Ctrl-C, at SIGTERM, when its terminal is closed, and when the npm that has
 * started it is gone (npm hands a signal to its shell, and the shell hands it to nobody). A second signal ends it at once.
 */
export function onShutdown(stop: () => void): void {
  let begun = false;
  function begin(): void {
    if (begun) return;
    begun = true;
    setTimeout(() => process.exit(1), DEADLINE_MS).unref();
    stop();
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (begun) process.exit(1);
      begin();
    });
  }
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) begin();
  }, LOOK_MS).unref();
}
