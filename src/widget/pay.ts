/** The hosted page `/pay#<token>`: the token stays behind the `#`, where no server and no log sees it. */
import './index.ts';

const checkout = document.querySelector('sbp-checkout') ?? document.createElement('sbp-checkout');

function takeToken(): void {
  checkout.token = location.hash.slice(1);
}

takeToken();
window.addEventListener('hashchange', takeToken);
if (!checkout.isConnected) document.body.append(checkout);
