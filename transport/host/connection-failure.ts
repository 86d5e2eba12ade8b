/**
 * Why a connection could not be made, as a sentence that says what to do, and whether waiting can mend it. Certificates,
 * protocols and paths do not mend themselves; a host that is not there yet, or a proxy whose backend is away, may.
 */
import { STATUS_CODES } from 'node:http';
import { withoutSecrets, withTls } from './addresses.js';
import { opensslReason } from './openssl-reason.js';
import { ProxyError } from './proxy.js';

export interface ConnectionFailure {
  readonly sentence: string;
  /** Trying again by itself does not help. */
  readonly isLasting: boolean;
}

/** A server that answered the upgrade with a page. */
export class HttpAnswerError extends Error {
  override name = 'HttpAnswerError';
  constructor(
    readonly status: number,
    readonly location: string | undefined,
  ) {
    super(`HTTP status ${status}`);
  }
}

/** A server that was spoken to without TLS, and speaks TLS. */
export class SpeaksTlsError extends Error {
  override name = 'SpeaksTlsError';
}

/** The time for connecting is over. */
export class ConnectTimeoutError extends Error {
  override name = 'ConnectTimeoutError';
}

/** @param other what should listen there, such as "the coordinator (murmur serve)" */
export function connectionFailure(error: Error, address: URL, other: string): ConnectionFailure {
  const at = withoutSecrets(address);
  if (error instanceof ProxyError) {
    return { sentence: error.message, isLasting: error.status === undefined || !canPass(error.status) };
  }
  if (error instanceof HttpAnswerError) return httpFailure(error, address);
  if (error instanceof SpeaksTlsError) {
    return lasting(`${at} speaks TLS: connect to ${withTls(address, true)}`);
  }
  if (error instanceof ConnectTimeoutError) return passing(SILENT(at));
  const code = 'code' in error ? String(error.code) : '';
  const sentence = certificateSentence(code, error, at) ?? tlsSentence(code, error, address);
  if (sentence !== undefined) return lasting(sentence);
  if (code.startsWith('HPE_') || /Sec-WebSocket|Invalid Upgrade|subprotocol/i.test(error.message)) {
    return lasting(`${at} is no WebSocket server (${reasonOf(error)}): check host and port`);
  }
  if (Object.hasOwn(network, code)) return passing(network[code](at, other));
  return passing(`${at}: ${reasonOf(error)}`);
}

const lasting = (sentence: string): ConnectionFailure => ({ sentence, isLasting: true });
const passing = (sentence: string): ConnectionFailure => ({ sentence, isLasting: false });

const SILENT = (at: string) => `${at} does not answer: check the address, and firewalls in between`;
const NO_NAME = (at: string) => `there is no host of the name in ${at} (DNS)`;
const HANGS_UP = (at: string) => `${at} closed the connection before it was open`;
const NO_ROUTE = (at: string) => `there is no route to ${at}: check the address and the network`;

const network: Readonly<Record<string, (at: string, other: string) => string>> = {
  ECONNREFUSED: (at, other) => `nothing listens at ${at}: is ${other} running there?`,
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  ETIMEDOUT: SILENT,
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  ECONNRESET: HANGS_UP,
  EPIPE: HANGS_UP,
};

// Certificates

const OTHER_AUTHORITY = (at: string) =>
  `the certificate of ${at} is from an authority that is not trusted here: give its authority with --ca FILE`;

const certificates: Readonly<Record<string, (at: string) => string>> = {
  CERT_HAS_EXPIRED: (at) =>
    `the certificate of ${at} has expired (it is ${new Date().toISOString()} here): renew it there`,
  CERT_NOT_YET_VALID: (at) =>
    `the certificate of ${at} is not valid yet (it is ${new Date().toISOString()} here): check this machine's clock`,
  DEPTH_ZERO_SELF_SIGNED_CERT: (at) =>
    `the certificate of ${at} is self-signed, and not trusted here: give it, or its authority, with --ca FILE`,
  SELF_SIGNED_CERT_IN_CHAIN: OTHER_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: OTHER_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: OTHER_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (at) =>
    `${OTHER_AUTHORITY(at)}; if it is a public authority, the server must send the intermediate certificates too`,
  CERT_UNTRUSTED: OTHER_AUTHORITY,
};

function certificateSentence(code: string, error: Error, at: string): string | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const why = 'reason' in error ? String(error.reason) : error.message;
    return `the certificate of ${at} is for another host (${why.replace(/[.\s:]+$/, '')}): connect to a name that it has, or have one made for this name`;
  }
  if (Object.hasOwn(certificates, code)) return certificates[code](at);
  if (/^(CERT_|CRL_|INVALID_|PATH_LENGTH|HOSTNAME_|UNABLE_TO_(GET|DECRYPT|DECODE|VERIFY))/.test(code)) {
    return `the certificate of ${at} is not accepted (${reasonOf(error)})`;
  }
  return undefined;
}

// TLS

function tlsSentence(code: string, error: Error, address: URL): string | undefined {
  if (code !== 'EPROTO' && !code.startsWith('ERR_SSL_')) return undefined;
  const at = withoutSecrets(address);
  const reason = reasonOf(error);
  if (/wrong version number|packet length too long|http request|unexpected message/.test(reason)) {
    return `${at} does not speak TLS: connect to ${withTls(address, false)}`;
  }
  if (/protocol version|unsupported protocol|version too low|no protocols available/.test(reason)) {
    return `${at} speaks other versions of TLS than this worker, which has 1.2 and 1.3 (${reason})`;
  }
  if (/handshake failure|no shared cipher|no ciphers|insufficient security/.test(reason)) {
    return `${at} has no TLS cipher in common with this worker, or wants a certificate of it (${reason})`;
  }
  if (/certificate required|bad certificate/.test(reason)) {
    return `${at} wants a certificate of this worker, and workers have none (${reason})`;
  }
  return /alert|too small|too weak/.test(reason) && !/internal error|close notify/.test(reason)
    ? `the TLS handshake with ${at} failed (${reason})`
    : undefined;
}

/** Attempts at several addresses of one name fail together. */
const reasonOf = (error: Error): string =>
  error instanceof AggregateError ? error.errors.map(String).join(', ') : opensslReason(error);

// HTTP

/** Of the statuses from 400 on, those that can change while nobody does anything. */
const canPass = (status: number) =>
  [408, 425, 429].includes(status) || (status >= 500 && ![501, 505].includes(status));

const hints: Readonly<Record<number, string>> = {
  401: 'a proxy in between wants a login',
  403: 'a proxy in between, or the server, does not let this machine in',
  404: 'check the path of the address',
  407: 'a proxy in between wants a login',
  502: 'the proxy there cannot reach the coordinator',
  503: 'the proxy there has no coordinator to connect to',
  504: 'the proxy there got no answer from the coordinator',
};

function httpFailure({ status, location }: HttpAnswerError, address: URL): ConnectionFailure {
  const at = withoutSecrets(address);
  if (status >= 300 && status < 400) {
    const target = location !== undefined && URL.canParse(location, address.href);
    return lasting(
      target
        ? `${at} redirects (${status}) to another address: connect to ${redirected(location, address)}`
        : `${at} redirects (${status}) without saying where to: check the address`,
    );
  }
  const answer = `${status} ${STATUS_CODES[String(status)] ?? ''}`.trim();
  const hint = Object.hasOwn(hints, status) ? hints[status] : 'check host, port and path';
  return {
    sentence: `${at} answers with HTTP ${answer} instead of a WebSocket: ${hint}`,
    isLasting: !canPass(status),
  };
}

/** A location is of HTTP, or relative to what was asked for. */
function redirected(location: string, address: URL): string {
  const target = new URL(location, address.href);
  if (target.protocol === 'http:') target.protocol = 'ws:';
  else if (target.protocol === 'https:') target.protocol = 'wss:';
  return withoutSecrets(target);
}
