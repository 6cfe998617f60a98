// A web server that knows nothing of rsplab: it answers after 2 ms, and is healthy while it runs.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  if (request.url === '/health') response.end('ok\n');
  else setTimeout(() => response.end('hello\n'), 2);
});
server.listen(Number(process.env.PORT ?? 8000), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
