/** Why measured and predicted part: each cause with what shows it, so that nobody has to believe it. */

export interface Cause {
  /** What it changes. */
  readonly metric: string;
  readonly what: string;
  /** How it was shown: by switching it on or off, or on the wire. */
  readonly shown: string;
}

export const causes: readonly Cause[] = [
  {
    metric: 'Resumption, and with it handling speed and utilisation',
    what:
      'A pool element of RSPLIB 3.4.4 reads a cookie echo only when some later message of a user wakes it, or ' +
      'as it shuts down: a request that takes over with a cookie stands still until then, at the latest until ' +
      'its session keep-alive. With keep-alives of 50 or 100 s and elements that come and go every few seconds,' +
      ' hardly any request gets on at all.',
    shown:
      'switched on in the simulation (lateCookieEcho), it brings the prediction to what was measured, figure by' +
      ' figure; on the wire all requests that wait at an element are accepted within milliseconds of the next ' +
      'request or keep-alive of anybody.',
  },
  {
    metric: 'Utilisation and handling speed at a very low MTBF',
    what:
      'An element that is to be back at once is back after 0.4 to 0.5 s: its process has to end, a new one has ' +
      'to start and to register. With one failure a second that is a third of its life.',
    shown: 'the journal of each run has both moments; switched on in the simulation (returnSeconds).',
  },
  {
    metric: 'Startup, selection and detection where elements are gone that the registrar still offers',
    what:
      'RSPLIB’s user tries for 5 s to connect to an element, whatever its timeouts are; the paper’s gives up ' +
      'after 1 s. Where the registrar looks after its elements every 30 or 100 s, that is what costs most.',
    shown:
      'switched on in the simulation (connectSeconds); on the wire, INIT and its repetition to an address that is gone, ' +
      'and the failure report 5.0 s after the handle resolution.',
  },
  {
    metric: 'Detection of a clean shutdown',
    what:
      'The kernel of an element that ends says so only once all that was sent is acknowledged, with which Linux takes ' +
      'up to 0.2 s, whatever the delay of the network. After a kill it is the same.',
    shown: 'on the wire, SHUTDOWN follows the acknowledgement; the deployment’s model does the same since then.',
  },
  {
    metric: 'Selection',
    what:
      'A user that reports a failed element and asks for another one sends the question only when the report is' +
      ' acknowledged: both are small, and SCTP holds the second back (Nagle’s algorithm). That is one round ' +
      'trip more.',
    shown: 'on the wire, the handle resolution follows the acknowledgement of the report, not the report.',
  },
  {
    metric: 'Connection',
    what:
      'The element that came back has an address that nobody has seen yet, so the user’s kernel asks who has it' +
      ' (ARP) before it sends anything: one round trip more.',
    shown: 'on the wire: the request for the address and its answer lie between the handle resolution and INIT.',
  },
  {
    metric: 'Startup delay',
    what:
      'RSPLIB’s user sets its association with the registrar up again for a request after a while: two round ' +
      'trips more.',
    shown: 'on the wire: INIT to COOKIE ACK with the registrar before the handle resolution.',
  },
];
