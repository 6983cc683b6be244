/**
 * What paying in a bank's app takes, before the tap and after it: in one chunk, since a phone may have no network by
 * then.
 */
export { SbpBankPicker } from '../bank-picker/bank-picker.ts';
export { SbpBankWait } from './bank-wait.ts';
