// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Starts the console: words, session, frame, router, events.

import { get, onReach, Problem } from './api.js';
import { fill, one, replace } from './dom.js';
import { startEvents } from './events.js';
import { language, startLanguage, t, useLanguage } from './i18n.js';
import { startKeys } from './keys.js';
import { Page } from './page.js';
import { again, go, pageCode, prepare, startRouter } from './router.js';
import { current, guard, may, readSession } from './session.js';
import { applyLooks, onPreference } from './store.js';
import { bareFrame } from '../components/bare.js';
import { drawFrame } from '../components/frame.js';
import { skeleton } from '../components/loading.js';
import { startPaper } from '../components/paper.js';
import { denied, nowhere, problemBox } from '../components/problem.js';
import { startTimes } from '../components/time.js';

let frame = null;
let bare = null;
let shown = null;

async function open(visit) {
  const { place } = visit;
  const isBare = place?.isBare || !current();
  if (isBare && !place?.isBare) return go(`/signin?return=${encodeURIComponent(location.pathname + location.search)}`, { replace: true });
  if (isBare) bare ??= bareFrame();
  else if (!frame) {
    frame = drawFrame({ redraw });
    if (may('readOrders')) import('../components/incident.js').then((one) => one.watchIncidents((banner) => frame?.banner(banner)));
  }
  const around = isBare ? bare : frame;
  around.attach();
  const page = new Page(visit, around);
  shown = page;
  around.opened(page);
  if (!place) {
    page.title(t('gone.title'), { isProblem: true });
    return page.show(nowhere(location.pathname));
  }
  if (!isBare && !may(place.permission)) {
    page.title(t('denied.title'), { isProblem: true });
    return page.show(denied(place.permission));
  }
  // Something to look at while the code of the page comes.
  if (place.nav) page.title(t(place.nav));
  replace(page.main, skeleton());
  try {
    const code = await pageCode(place.page);
    if (!visit.signal.aborted) await code.open(page);
  } catch (error) {
    if (visit.signal.aborted) return;
    if (!(error instanceof Problem) && await window.certwayAnew()) return;
    page.title(t('problem.title'), { isProblem: true });
    page.show(problemBox(error instanceof Problem ? error : new Problem({ code: 'console', detail: error.message }), { again }));
  }
}

/// Draws everything anew: after a change of language or zone.
async function redraw(name = language()) {
  await useLanguage(name, { keep: true });
  frame = null;
  bare = null;
  again();
}

async function start() {
  applyLooks();
  onPreference((name) => { applyLooks(); if (name === 'utc') redraw(); });
  // Words, session and the code of the page are asked for at once: one after the other they would cost three round trips.
  prepare(location.pathname);
  const isSigningIn = location.pathname.startsWith('/signin');
  const session = isSigningIn ? null : readSession().then(() => null, (error) => error);
  await useLanguage(startLanguage());
  guard(() => import('../components/session.js'));
  onReach((isThere) => frame?.reach(isThere));
  startTimes();
  startPaper(() => shown);
  startKeys();
  if (!isSigningIn) {
    const trouble = await session;
    if (!trouble) startEvents();
    else if (!(trouble instanceof Problem) || trouble.status !== 401) return broken(trouble);
  }
  if (['/', '/console', '/console/'].includes(location.pathname)) {
    // Where somebody arrives who has named no page depends on the roles, which the sign-in tells.
    history.replaceState(null, '', current() ? (await startPage()) ?? current().landing : '/signin');
  }
  startRouter(open);
}

/// The view somebody made the start page; nil for none.
async function startPage() {
  if (!current()) return null;
  const views = await get('/views').catch(() => ({ items: [] }));
  const address = views.items.find((one) => one.own && one.startPage)?.address;
  return address?.startsWith('/console/') ? address : null;
}

/// Nothing could be asked of the gateway: the page says so and tries again.
function broken(error) {
  const root = one('#console');
  const problem = error instanceof Problem ? error : new Problem({ code: 'console', detail: String(error?.message ?? error) });
  replace(root);
  fill(root, [problemBox(problem, { again: () => location.reload(), isFull: true })]);
  setTimeout(() => location.reload(), 15_000);
}

start().catch(broken);
