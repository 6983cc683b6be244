/** The database cannot be used as it is. The message tells the operator what to do; a stack trace would not help. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}
