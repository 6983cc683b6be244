/** Another program has held the database's write lock for too long. What was to be written was not; it may be tried again. */
export class StoreBusyError extends Error {
  constructor(waitedMs: number, cause: unknown) {
    super(`another program has held the database's write lock for ${waitedMs} ms`, { cause });
    this.name = 'StoreBusyError';
  }
}
