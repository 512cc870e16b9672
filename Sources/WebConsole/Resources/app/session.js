// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Who is signed in, and what happens when that ends.

import { call, Problem, useToken, whenSignedOut } from './api.js';
import { t } from './i18n.js';
import { prefer } from './store.js';

const channel = new BroadcastChannel('certway-session');
const minute = 60_000;
let session = null;
let timer = null;
let waiting = null;
let dialogs = async () => ({ sessionEnds() {}, sessionOver() {} });

export const current = () => session;
export const may = (permission) => !permission || (session?.permissions ?? []).includes(permission);
/// The word a role goes by; several are named in the order of the server.
export const roles = () => session?.roles ?? [];

/// Reads the session from the server.
/// - Throws: `Problem` 401 when nobody is signed in.
export async function readSession() {
  // Before the first page there is nothing to lose: who is not signed in goes to the page for it, not to a dialog.
  ({ data: session } = await call('GET', '/session', { isFirst: true }));
  useToken(session.csrfToken);
  prefer('permissions', session.permissions);
  channel.postMessage('signedIn');
  plan();
  return session;
}

/// - Parameter load: loads what shows the dialogs: `sessionEnds` two minutes before the end, `sessionOver` after it.
export function guard(load) {
  dialogs = load;
  whenSignedOut(() => over());
}

function plan() {
  clearTimeout(timer);
  if (!session?.expiresAt) return;
  const end = new Date(session.expiresAt).getTime();
  // Timers hold at most 24 days, and a sleeping computer is late: looked at again each minute.
  const look = () => {
    const left = end - Date.now();
    if (left <= 0) return over().catch(() => {});
    if (left <= 2 * minute && !session.isWarned) {
      session.isWarned = true;
      dialogs().then((show) => show.sessionEnds(end));
    }
    timer = setTimeout(look, Math.min(minute, Math.max(1000, left > 2 * minute ? left - 2 * minute : left)));
  };
  look();
}

/// All calls that meet the end of a session wait for one new sign-in.
function over() {
  if (waiting) return waiting.promise;
  waiting = Promise.withResolvers?.() ?? deferred();
  const mine = waiting;
  const shown = dialogs().then((show) => show.sessionOver(() => settle(() => mine.reject(new Problem({ status: 401, code: 'signedOut', detail: t('session.over') })))));
  const settle = (finish) => {
    if (waiting !== mine) return;
    waiting = null;
    shown.then((close) => close?.());
    finish();
  };
  mine.look = async () => {
    if (waiting !== mine) return;
    // Asked by itself: the usual way would wait for the very sign-in it looks for.
    if (await refresh()) settle(mine.resolve);
  };
  return mine.promise;
}

/// Reads the session that another tab has begun; this tab's token is worth nothing by then. Somebody else sees a page of their own.
async function refresh() {
  const answer = await fetch('/api/v1/session', { cache: 'no-store', headers: { Accept: 'application/json' } }).catch(() => null);
  if (!answer?.ok) return false;
  const next = await answer.json();
  if (session && next.name !== session.name) location.reload();
  session = next;
  useToken(session.csrfToken);
  plan();
  return true;
}

function deferred() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

channel.onmessage = ({ data }) => {
  if (data === 'signedIn') (waiting ? waiting.look() : session && refresh());
  if (data === 'signedOut') location.assign('/signin?over=1');
};
addEventListener('focus', () => waiting?.look());

/// Counts the idle time anew; the end that was set at the sign-in stays.
export async function extend() {
  const { data } = await call('POST', '/session/extensions', { body: {} });
  session = data;
  useToken(session.csrfToken);
  plan();
}

/// Ends the session here and in every tab. - Returns: where to go, such as the tenant's own sign-out.
export async function signOut() {
  const answer = await fetch('/auth/logout', {
    method: 'POST', headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRF-Token': session?.csrfToken ?? '' },
    body: '{}',
  });
  const data = answer.ok ? await answer.json().catch(() => ({})) : {};
  clearTimeout(timer);
  channel.postMessage('signedOut');
  session = null;
  return data.address && data.address !== '/signin' ? data.address : '/signin?over=1';
}
