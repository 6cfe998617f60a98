/** A load for k6: carts are looked at and bought, at a rate that answers have no influence on. */
import { check } from 'k6';
import http from 'k6/http';
import type { Options } from 'k6/options';

export const options: Options = {
  scenarios: {
    customers: {
      executor: 'constant-arrival-rate',
      rate: 50,
      timeUnit: '1s',
      duration: '20s',
      preAllocatedVUs: 50,
    },
  },
  thresholds: { http_req_duration: ['p(95)<500'], http_req_failed: ['rate<0.01'] },
};

/** One customer. */
export default function customer(): void {
  const cart = http.get(`${__ENV.RSPLAB_URL}/cart`);
  check(cart, { 'a cart': ({ status }) => status === 200 });
}
