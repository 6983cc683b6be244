/** The database cannot be used as it is. The message says what to do; a stack trace would help nobody. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}
