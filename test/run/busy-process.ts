/** Uses all of a core that it gets, until its parent ends it or is gone. */
const SLICE_MS = 20;

function work(): void {
  const end = performance.now() + SLICE_MS;
  while (performance.now() < end);
  // Between two slices it hears that its parent is gone.
  setImmediate(work);
}

process.on('disconnect', () => process.exit(0));
work();
