/** Uses all of a core that it gets, until its parent ends it or is gone. */
const SLICE_MS = 20;

function work(): void {
  // The parent may have been gone before this file was read.
  if (!process.connected) return;
  const end = performance.now() + SLICE_MS;
  while (performance.now() < end);
  // Between two slices it hears of that.
  setImmediate(work);
}

work();
