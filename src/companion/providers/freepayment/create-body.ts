import type { CreateRequest, Customer } from '../provider.ts';

/** The body of a create, by the acquirer's names; what the shop has not told is left out. */
export function createBody(
  request: CreateRequest,
  { webhookUrl, test }: { readonly webhookUrl: string; readonly test: boolean },
): object {
  const { ip, phone, email, country } = request.customer;
  const customer = {
    ...(phone === undefined ? {} : { phone: digitsOf(phone) }),
    ...(email === undefined ? {} : { email }),
    ...(country === undefined ? {} : { country }),
  } satisfies Customer;
  return {
    amount: request.amount,
    currency: request.currency,
    // Every published request has one.
    description: request.description ?? `Заказ ${request.orderId}`,
    test,
    tracking_id: request.reference,
    notification_url: webhookUrl,
    return_url: request.returnUrl ?? request.hostedPage,
    ...(ip === undefined ? {} : { ip }),
    ...(Object.keys(customer).length === 0 ? {} : { customer }),
    method: { type: 'sbp' },
  };
}

/** Published requests have no `+`. Russians dial 8 within the country for what is 7 from everywhere. */
function digitsOf(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return /^8\d{10}$/.test(digits) && !phone.trim().startsWith('+') ? `7${digits.slice(1)}` : digits;
}
