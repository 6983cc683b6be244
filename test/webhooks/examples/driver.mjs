import { readFileSync } from 'node:fs';
import { verify } from './verify.mjs';

const vectors = JSON.parse(readFileSync(process.argv[2], 'utf8'));
for (const { signature, body = vectors.body, secrets = vectors.secrets } of vectors.cases) {
  const payload = verify(Buffer.from(body), { 'x-sbp-signature': signature }, secrets, vectors.now);
  console.log(payload === null ? 'refused' : payload.order_id);
}
