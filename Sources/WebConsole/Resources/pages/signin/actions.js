// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What the sign-in page asks of the server. It stands outside of the API, because there is no session yet.

import { Problem } from '../../app/api.js';

/// Whether the gateway has a tenant to sign in with, and the link to it.
export async function start(page, target) {
  const address = `/auth/start${target ? `?return=${encodeURIComponent(target)}` : ''}`;
  try {
    const answer = await fetch('/auth/start', { headers: { Accept: 'application/json' }, redirect: 'manual', signal: page.signal });
    // "Not found" says that there is no tenant; anything else, such as a tenant that is away now, is for the link to say.
    return { isThere: answer.status !== 404, address };
  } catch {
    return { isThere: true, address };
  }
}

/// Makes a session of a token. - Returns: where to go. - Throws: `Problem`.
export async function withToken(token, target) {
  let answer;
  try {
    answer = await fetch('/auth/token', {
      method: 'POST', headers: { Accept: 'application/json' },
      body: new URLSearchParams({ token, ...(target ? { return: target } : {}) }),
    });
  } catch {
    throw new Problem({ code: 'offline' });
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem({ ...data, status: answer.status });
  const landing = data.address ?? '/console';
  return /^\/(?![/\\])/.test(landing) ? landing : '/console';
}
