/** Every word the element can say. A locale that lacks one does not compile. */
export interface Texts {
  readonly payment: string;
  /** The mark of a test payment; the second one where it is certain that no money moves. */
  readonly test: string;
  readonly sandbox: string;
  readonly loading: string;
  readonly chooseMethod: string;
  readonly otherMethod: string;
  readonly title: string;
  readonly sberTitle: string;
  readonly formTitle: string;
  readonly scanTitle: string;
  readonly steps: readonly [string, string, string];
  /** Only Sber's own app reads a SberPay code as one. */
  readonly sberSteps: readonly [string, string, string];
  readonly chooseBank: string;
  readonly tryAgain: string;
  readonly qrTitle: string;
  readonly qrLabel: string;
  readonly timeLeft: string;
  readonly timeToPay: string;
  readonly hurry: string;
  readonly live: string;
  /** The same when it is the bank's turn, or ours. */
  readonly updates: string;
  readonly thisDevice: string;
  readonly waiting: string;
  readonly waitingForm: string;
  readonly showQr: string;
  readonly check: string;
  readonly cancel: string;
  readonly checkingNow: string;
  readonly notPaidYet: string;
  readonly notChecked: string;
  readonly processing: string;
  readonly checking: string;
  readonly paid: string;
  readonly paidLate: string;
  readonly expired: string;
  readonly expiredDetail: string;
  readonly renew: string;
  readonly startAgain: string;
  readonly failed: string;
  /** Why it failed, by the snapshot's `failure`. */
  readonly declined: string;
  readonly unavailable: string;
  /** What to do: on this screen, by its way back, without either. */
  readonly failedHere: string;
  readonly failedBack: string;
  readonly failedThere: string;
  readonly canceled: string;
  readonly refunded: string;
  readonly partlyRefunded: string;
  readonly refundedPart: string;
  readonly error: string;
  readonly errorDetail: string;
  /** This page is of no shop that the companion knows. */
  readonly notHere: string;
  /** No network. */
  readonly offline: string;
  /** The companion does not answer: a title, and the first sentence of the status line. */
  readonly noAnswer: string;
  readonly noAnswerDetail: string;
  /** A part of the page that could not be loaded, and the ways on. */
  readonly lost: string;
  /** A link that this device cannot be given. */
  readonly elsewhere: string;
  readonly payLink: string;
  readonly order: string;
  readonly receipt: string;
  readonly backToShop: string;
}
