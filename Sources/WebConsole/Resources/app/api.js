// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Calls of the API: problems as errors, repeats where they do no harm, and waiting for a new sign-in where the session is over.

import { language } from './i18n.js';
import { begun } from './store.js';

export const base = '/api/v1';
let csrfToken = null;
/// Called when a session is over; resolves after a new sign-in, rejects when somebody gives up.
let signInAgain = () => Promise.reject(new Problem({ status: 401, code: 'signedOut' }));
let heard = () => {};

export const useToken = (token) => { csrfToken = token; };
export const whenSignedOut = (ask) => { signInAgain = ask; };
/// Is told true after each answer and false after a call that reached nobody.
export const onReach = (listener) => { heard = listener; };

/// What went wrong, as the API's problem document says it.
export class Problem extends Error {
  constructor(fields) {
    super(fields.detail ?? fields.title ?? fields.code ?? '');
    this.name = 'Problem';
    Object.assign(this, { status: 0, code: null, title: null, detail: null, actor: null, nextStep: null, id: null, errors: [] }, fields);
  }
  get isOffline() { return this.code === 'offline'; }
  get isGone() { return this.status === 404 || this.status === 410; }
  get isDenied() { return this.status === 403; }
}

const randomName = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, '0')).join('');

/// Names wishes to the server, which does each once however often it is asked. A wish keeps its name, because its answer may be lost on the
/// way; another one has another, and so has the same after a refusal, which the server would only repeat.
export function newKey() {
  const names = new Map();
  return {
    of(wish) {
      if (!names.has(wish)) names.set(wish, randomName());
      return names.get(wish);
    },
    forget: (wish) => names.delete(wish),
  };
}

/// Whether the gateway itself has said no. What a proxy says of a call that took long proves nothing.
const isRefusal = ({ status, code }) => status >= 400 && status < 500 && ![408, 425, 429].includes(status) && code !== 'running';

/// The path of an operation: `path('/people/{}/why', upn)`.
export function path(pattern, ...parts) {
  return pattern.replace(/\{\}/g, () => encodeURIComponent(parts.shift()));
}

/// `path` with a query; empty values are left out, lists are repeated.
export function address(path, query = {}) {
  const pairs = query instanceof URLSearchParams ? [...query] : Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter((one) => one != null && one !== '').map((one) => [name, String(one)]));
  return pairs.length ? `${path}?${new URLSearchParams(pairs)}` : path;
}

const wait = (milliseconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, milliseconds);
  signal?.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
});

/// One call. - Parameter isFirst: whether a missing session is an error, and not worth a dialog. - Returns: {data, status, etag}. - Throws: `Problem`, or the signal's reason.
export async function call(method, path, { query, body, key, ifMatch, dryRun, signal, type, isFirst = false } = {}) {
  const isSafe = method === 'GET';
  // Whoever sends the same key again gets the same answer, so a lost one can be asked for once more.
  const mayRepeat = isSafe || key != null;
  const asked = address(path, query);
  const url = base + (dryRun ? `${asked}${asked.includes('?') ? '&' : '?'}dryRun=true` : asked);
  const wish = JSON.stringify([method, url, body]);
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send(method, url, { body, key: key?.of(wish), ifMatch, signal, type });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 401 && !isFirst) {
        await signInAgain(error);
        continue;
      }
      const isPassing = error.isOffline || (error.status === 503 && error.retryAfter != null) || error.status === 429;
      if (!isPassing || !mayRepeat || attempt >= 2) {
        if (isRefusal(error)) key?.forget(wish);
        throw error;
      }
      await wait(Math.min(5, error.retryAfter ?? 0.4 * 2 ** attempt) * 1000, signal);
    }
  }
}

async function send(method, url, { body, key, ifMatch, signal, type }) {
  const headers = { Accept: 'application/json', 'Accept-Language': language() };
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken;
  if (key) headers['Idempotency-Key'] = key;
  if (ifMatch) headers['If-Match'] = ifMatch;
  if (body !== undefined) headers['Content-Type'] = type ?? 'application/json';
  let answer;
  try {
    answer = await ((method === 'GET' && begun(url, language())) || fetch(url, {
      method, headers, signal, credentials: 'same-origin', cache: 'no-store', redirect: 'error',
      body: body === undefined ? undefined : type ? body : JSON.stringify(body),
    }));
  } catch (error) {
    if (signal?.aborted) throw error;
    heard(false);
    throw new Problem({ code: 'offline' });
  }
  // A gateway's proxy says 502 or 504 where the gateway itself is away.
  heard(![502, 504].includes(answer.status));
  const text = await answer.text();
  const isJSON = /[/+]json\b/.test(answer.headers.get('Content-Type') ?? '');
  let data = text;
  if (isJSON && text) {
    try { data = JSON.parse(text); } catch { throw new Problem({ status: answer.status, code: 'unreadable', detail: text.slice(0, 500) }); }
  }
  if (answer.ok) return { data, status: answer.status, etag: answer.headers.get('ETag'), type: answer.headers.get('Content-Type') };
  const after = Number(answer.headers.get('Retry-After'));
  const fields = isJSON && data && typeof data === 'object' ? data : { code: 'foreignAnswer', detail: text.slice(0, 500) };
  throw new Problem({ ...fields, status: answer.status, ...(after ? { retryAfter: after } : {}) });
}

export const get = async (path, options) => (await call('GET', path, options)).data;
/// A call that changes something; `key` is made by `newKey` once by whoever shows the button, so that a double click is one call.
export const post = async (path, body, options) => (await call('POST', path, { body, ...options })).data;
export const put = (path, body, options) => call('PUT', path, { body, ...options });
export const patch = (path, body, options) => call('PATCH', path, { body, ...options });
export const remove = async (path, options) => (await call('DELETE', path, options)).data;
