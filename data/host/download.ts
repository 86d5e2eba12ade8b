/** Downloads one file: resumes a partial download, and renames it to its final name once the checksum is right. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Download } from '../catalogue.js';

export interface DownloadProgress {
  readonly file: string;
  /** Bytes received, including earlier attempts. */
  readonly received: number;
  /** Undefined if the server does not announce it. */
  readonly total?: number;
}

export interface DownloadOptions {
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Stops the download; the next attempt resumes it. */
  readonly signal?: AbortSignal | undefined;
}

/** Attempts in a row that receive no byte before the download fails. */
const IDLE_ATTEMPTS = 3;

/**
 * Downloads to `target`, by way of `target.part`.
 * @throws Error with the server's response, or if the checksum is wrong
 */
export async function downloadFile(
  { url, md5 }: Download,
  target: string,
  options: DownloadOptions,
): Promise<void> {
  const part = `${target}.part`;
  for (let idle = 0; ;) {
    const before = length(part);
    try {
      await transfer(url, part, options);
      break;
    } catch (error) {
      if (!(error instanceof DownloadInterruptedError) || options.signal?.aborted === true) throw error;
      idle = length(part) > before ? 0 : idle + 1;
      if (idle === IDLE_ATTEMPTS) throw error;
    }
  }
  const sum = await md5Of(part);
  if (sum !== md5) {
    rmSync(part);
    throw new Error(
      `${url} is not the published file: its MD5 is ${sum}, it should be ${md5}; the download was deleted, try --mirror`,
    );
  }
  renameSync(part, target);
}

/** The connection failed repeatedly; the partial download is kept. */
export class DownloadInterruptedError extends Error {
  override name = 'DownloadInterruptedError';
}

/** Appends the missing bytes to `part`. */
async function transfer(url: string, part: string, { onProgress, signal }: DownloadOptions): Promise<void> {
  const have = length(part);
  const response = await reach(url, {
    // The checksum is that of the file as it is stored.
    headers: { 'accept-encoding': 'identity', ...(have > 0 && { range: `bytes=${have}-` }) },
    ...(signal && { signal }),
  });
  const range = response.headers.get('content-range') ?? '';
  if (response.status === 416) {
    await response.body?.cancel();
    // The range starts at the file's end: the partial download is whole.
    if (range === `bytes */${have}`) return;
    rmSync(part);
    throw new DownloadInterruptedError(`${url} differs from the partial download, which starts again`);
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(
      `${url} answered ${response.status} ${response.statusText}; if you have a copy, use \`murmur data import\``,
    );
  }
  const isResumed = response.status === 206 && range.startsWith(`bytes ${have}-`);
  const start = isResumed ? have : 0;
  const announced = response.headers.get('content-length');
  const total = announced === null ? undefined : start + Number(announced);
  const file = await open(part, isResumed ? 'a' : 'w');
  let received = start;
  try {
    for await (const chunk of chunks(response.body, url)) {
      await file.writeFile(chunk);
      received += chunk.length;
      onProgress?.({ file: basename(part, '.part'), received, ...(total !== undefined && { total }) });
    }
  } finally {
    await file.close();
  }
}

async function reach(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (request.signal?.aborted === true) throw error;
    throw new DownloadInterruptedError(`${url} cannot be reached (${reason(error)})`, { cause: error });
  }
}

async function* chunks(body: ReadableStream<Uint8Array>, url: string): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    throw new DownloadInterruptedError(
      `the connection to ${url} failed (${reason(error)}); run the same command again to resume the download`,
      { cause: error },
    );
  } finally {
    reader.releaseLock();
  }
}

/** Node's fetch fails with "fetch failed" or "terminated"; the cause has the reason. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

const length = (path: string) => (existsSync(path) ? statSync(path).size : 0);

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
