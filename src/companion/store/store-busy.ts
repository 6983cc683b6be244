/** Another program held the database's write lock for too long. Nothing was written; the write may be retried. */
export class StoreBusyError extends Error {
  constructor(waitedMs: number, cause: unknown) {
    super(`another program has held the database's write lock for ${waitedMs} ms`, { cause });
    this.name = 'StoreBusyError';
  }
}
