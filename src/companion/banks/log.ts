/** The part of the logger that the bank list uses. */
export interface BanksLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}
