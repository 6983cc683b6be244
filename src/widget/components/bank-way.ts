import { defineOnce } from '../define.ts';
import { SbpBankPicker } from './bank-picker.ts';
import { SbpBankWait } from './bank-wait.ts';
import { SbpRescue } from './rescue/rescue.ts';

/**
 * What paying in a bank's app takes, before the tap and after it: loaded together, since a phone may have no network
 * by then. Defines what stands around the bank list, and answers the list.
 */
export function defineBankWay(): typeof SbpBankPicker {
  defineOnce('sbp-bank-wait', SbpBankWait);
  defineOnce('sbp-rescue', SbpRescue);
  return SbpBankPicker;
}
