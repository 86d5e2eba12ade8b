/** What a coordinator tells over HTTP: how the run stands, and metrics. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Pages {
  metrics(): Promise<string>;
  status(): object;
}

export async function answer(
  { url, method }: IncomingMessage,
  response: ServerResponse,
  pages: Pages,
): Promise<void> {
  if (method === 'GET' && url === '/healthz') {
    response.setHeader('content-type', 'application/json');
    response.end(`${JSON.stringify(pages.status())}\n`);
  } else if (method === 'GET' && url === '/metrics') {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(await pages.metrics());
  } else {
    response.statusCode = 404;
    response.end('There are /healthz and /metrics here; workers connect with WebSockets (murmur join).\n');
  }
}
