/** Uses a whole core until its parent ends it or has ended. */
const SLICE_MS = 20;

function work(): void {
  // The parent may have ended before this file was loaded.
  if (!process.connected) return;
  const end = performance.now() + SLICE_MS;
  while (performance.now() < end);
  // Returns to the event loop, so that the process notices a disconnect.
  setImmediate(work);
}

work();
