// Opens a connection, starts something there, and says what is there; then it stays, until somebody ends it.
import { realClock } from '../../../dist/harness/base/clock.js';
import { Connection } from '../../../dist/harness/lab/remote/connection.js';

const [config, destination, socket, healed, patience] = process.argv.slice(2);
const terms = { label: 'test', patienceSeconds: Number(patience), deadlineSeconds: 600 };
const connection = await Connection.open({ config, destination, socket }, terms, realClock);
connection.heal('a', ['touch', healed]);
const held = await connection.start(['sh', '-c', 'sleep 1000 & setsid sleep 1000 & sleep 1000'], 'held.log');
process.stdout.write(`${JSON.stringify({ ...(await connection.there), held: held.pid, ssh: connection.pid })}\n`);
