// k6: each iteration is one buyer, who holds 1 to 4 places and then pays for them. Buyers arrive at a fixed rate whether
// or not earlier ones have been answered (an open loop), as long as a virtual user is left; k6 counts those that it could
// not start as dropped_iterations.
import http from 'k6/http';
import { sleep } from 'k6';
import exec from 'k6/execution';
import { Counter } from 'k6/metrics';

const number = (name, otherwise) => Number(__ENV[name] || otherwise);
const ENDPOINTS = (__ENV.ENDPOINTS || 'http://127.0.0.1:8081,http://127.0.0.1:8082,http://127.0.0.1:8083').split(',');
const EVENT = __ENV.EVENT || 'load';
const SECTIONS = number('SECTIONS', 40); // the hall of setup.sh
const ROWS = number('ROWS', 100);
const SEATS = number('SEATS', 50);
const CHOSEN = number('CHOSEN', 50); // % of buyers who pick seats; the others take the best available
const PARTIES = (__ENV.PARTIES || '1,1,2,2,2,2,2,3,4,4').split(',').map(Number); // one is drawn for each buyer
const RUN = Date.now().toString(36); // keys differ from the last run's

const orders = new Counter('orders');
const places = new Counter('places_sold');
const taken = new Counter('holds_taken'); // 409: somebody was faster, a normal answer
const again = new Counter('asked_again'); // 429, 503, 504 and no answer: the same request with the same key

// What is expected is not counted by http_req_failed.
http.setResponseCallback(http.expectedStatuses(200, 201, 409, 429, 503, 504));

export const options = {
  scenarios: {
    buyers: {
      executor: 'constant-arrival-rate',
      rate: number('RATE', 200), // buyers a second
      timeUnit: '1s',
      duration: __ENV.DURATION || '10s',
      preAllocatedVUs: number('VUS', 200),
    },
  },
  thresholds: { http_req_failed: ['rate==0'], orders: ['count>0'] },
};

const below = (n) => Math.floor(Math.random() * n);

// pick names size seats side by side; the square makes rows at the stage wanted most.
function pick(size) {
  const row = `S${1 + below(SECTIONS)}-${1 + Math.floor(ROWS * Math.random() ** 2)}`;
  const first = 1 + below(Math.max(SEATS - size + 1, 1));
  return Array.from({ length: size }, (_, i) => `${row}-${first + i}`);
}

// post asks until the request is decided; node is where to begin, and the next one is asked after no answer.
function post(name, path, key, node, body) {
  for (;;) {
    const answer = http.post(`${ENDPOINTS[node % ENDPOINTS.length]}/v1/events/${EVENT}/${path}`, JSON.stringify(body), {
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
      tags: { name },
      timeout: '15s', // longer than a node's own 10 s
    });
    if (![0, 429, 503, 504].includes(answer.status)) return answer;
    if (answer.status === 0) node++;
    again.add(1, { status: String(answer.status) });
    sleep(Number(answer.headers['Retry-After'] || 1));
  }
}

export default function () {
  const turn = exec.scenario.iterationInTest; // buyers take the nodes in turn
  const buyer = `${RUN}-${turn}`;
  const size = PARTIES[below(PARTIES.length)];
  const want = below(100) < CHOSEN ? { seats: pick(size) } : { best_available: { quantity: size } };

  const hold = post('hold', 'holds', `hold-${buyer}`, turn, { buyer, ...want });
  if (hold.status === 409) taken.add(1);
  if (hold.status !== 201) return;

  const order = post('order', 'orders', `pay-${buyer}`, turn, { hold: hold.json('hold'), reference: `psp-${buyer}` });
  if (order.status !== 201) return;
  orders.add(1);
  places.add(order.json('places').length);
}
