/** The hosted page `/pay#<token>`: the token stays behind the `#`, where no server and no log sees it. */
import './index.ts';

const checkout = document.querySelector('sbp-checkout') ?? document.createElement('sbp-checkout');

/**
 * A payment that is being shown is not replaced: whoever can change the address of this page would have the payer pay
 * another order than the one that they have looked at.
 */
function takeToken(): void {
  const token = location.hash.slice(1);
  const open = /^(?:created|processing)$/.test(checkout.status ?? '');
  if (open && token !== checkout.token) {
    history.replaceState(null, '', `#${checkout.token ?? ''}`);
  } else {
    checkout.token = token;
  }
}

takeToken();
window.addEventListener('hashchange', takeToken);
if (!checkout.isConnected) document.body.append(checkout);
