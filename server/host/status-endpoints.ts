/** The coordinator's HTTP endpoints: `/healthz` for probes, `/metrics` for Prometheus. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Registry } from 'prom-client';

export interface StatusEndpoints {
  metrics(): Promise<string>;
  status(): object;
  /** False once the process cannot go on, and is about to end. */
  isHealthy(): boolean;
}

interface Endpoint {
  readonly contentType: string;
  readonly content: (pages: StatusEndpoints) => string | Promise<string>;
  readonly statusCode: (pages: StatusEndpoints) => number;
}

const endpoints: ReadonlyMap<string, Endpoint> = new Map([
  [
    '/healthz',
    {
      contentType: 'application/json; charset=utf-8',
      content: (pages: StatusEndpoints) =>
        `${JSON.stringify({ healthy: pages.isHealthy(), ...pages.status() })}\n`,
      statusCode: (pages: StatusEndpoints) => (pages.isHealthy() ? 200 : 503),
    },
  ],
  [
    '/metrics',
    {
      contentType: Registry.PROMETHEUS_CONTENT_TYPE,
      content: (pages: StatusEndpoints) => pages.metrics(),
      statusCode: () => 200,
    },
  ],
]);

const TEXT = 'text/plain; charset=utf-8';

export async function respond(
  { url = '/', method = 'GET' }: IncomingMessage,
  response: ServerResponse,
  pages: StatusEndpoints,
): Promise<void> {
  const endpoint = endpoints.get(url.split('?', 1)[0]);
  if (endpoint === undefined) {
    const sentence = 'There are /healthz and /metrics here; workers connect with WebSockets (murmur join).\n';
    end(response, 404, TEXT, sentence);
  } else if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    end(response, 405, TEXT, `${url} answers GET and HEAD, not ${method}.\n`);
  } else end(response, endpoint.statusCode(pages), endpoint.contentType, await endpoint.content(pages));
}

/** Node.js leaves the body out of an answer to HEAD. */
function end(response: ServerResponse, statusCode: number, contentType: string, body: string): void {
  response.statusCode = statusCode;
  response.setHeader('content-type', contentType);
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}
