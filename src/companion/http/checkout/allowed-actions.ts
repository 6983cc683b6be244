import type { Action } from '../../../protocol/snapshot.ts';
import type { Context } from '../../payments/context.ts';
import { canChargeBuyerQr } from '../../payments/lifecycle/charge-buyer-qr.ts';
import { canChooseMethod } from '../../payments/lifecycle/choose-method.ts';
import { canAskNow } from '../../payments/reconciler/payer-checks.ts';
import type { Payment } from '../../payments/model/payment.ts';
import { canPush } from '../../payments/lifecycle/push.ts';
import { canRenew } from '../../payments/lifecycle/renew.ts';

/** Returns the actions that the payment's state and its provider's capabilities allow now. */
export function actionsFor(ctx: Pick<Context, 'providers' | 'config' | 'now'>, payment: Payment): Action[] {
  const can: Readonly<Record<Action, boolean>> = {
    method: canChooseMethod(payment) && payment.test === ctx.config.test,
    push: canPush(ctx, payment),
    renew: canRenew(ctx, payment),
    // A charge of the payer's code cannot be stopped once it has begun.
    cancel: payment.status === 'created' && payment.chargePayload === null,
    buyer_qr: canChargeBuyerQr(payment) && ctx.providers[payment.provider].capabilities.charge,
    check: canAskNow(payment),
  };
  return (Object.keys(can) as Action[]).filter((action) => can[action]);
}
