/**
 * The parts for paying in a bank's app, before and after the tap. They are one chunk, because a phone may have no network
 * after the tap.
 */
export { SbpBankPicker } from '../bank-picker/bank-picker.ts';
export { SbpBankWait } from './bank-wait.ts';
