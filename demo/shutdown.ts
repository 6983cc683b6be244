const PARENT_CHECK_MS = 500;
/** The process ends after this time even if `stop` has not finished. */
const DEADLINE_MS = 10_000;

/**
 * Calls `stop` once when the demo must end: on Ctrl-C, on SIGTERM, when the terminal closes, and when the npm process that
 * started it ends (npm passes a signal to its shell, and the shell does not pass it on). A second signal ends the process at once.
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
  }, PARENT_CHECK_MS).unref();
}
