// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Addresses and history. A changed filter replaces the entry, an opened object pushes one, and nothing else writes it. Each
/// entry has a memory, so that Back brings rows, scroll and focus back.

import { one } from './dom.js';
import { placeOf } from './places.js';

const memories = new Map();
let entry = null;
let leave = new AbortController();
let show = async () => {};
let number = 0;

const newEntry = () => `${Date.now().toString(36)}-${(number += 1)}`;
const memoryOf = (key) => {
  if (!memories.has(key)) memories.set(key, {});
  return memories.get(key);
};
const ours = /^\/(console|my|status|signin)(\/|$|\?|#)/;

/// - Parameter open: draws the page of a place: `({place, parameters, query, signal, memory, isBack})`; place is nil for an
///   address that is no page.
export function startRouter(open) {
  show = open;
  history.scrollRestoration = 'manual';
  addEventListener('popstate', (event) => { remember(); enter(event.state?.entry, true); });
  document.addEventListener('click', (event) => {
    const anchor = event.target.closest?.('a[href]');
    if (!anchor || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (anchor.target || anchor.hasAttribute('download')) return;
    const href = anchor.getAttribute('href');
    if (!ours.test(href)) return;
    event.preventDefault();
    go(href);
  });
  document.addEventListener('pointerover', (event) => prepare(event.target.closest?.('a[href]')?.getAttribute('href')));
  document.addEventListener('focusin', (event) => prepare(event.target.closest?.('a[href]')?.getAttribute('href')));
  enter(history.state?.entry, history.state?.entry != null);
}

/// Opens an address as a new entry of the history.
export function go(href, { replace = false } = {}) {
  remember();
  const key = newEntry();
  if (replace) history.replaceState({ entry: key }, '', href);
  else history.pushState({ entry: key }, '', href);
  enter(key, false);
}

/// Draws the current page anew, such as after a change of language.
export const again = () => enter(entry, true);

/// Puts another query into the address of this entry without drawing the page.
export function setQuery(query) {
  const text = query.toString();
  history.replaceState(history.state, '', location.pathname + (text ? `?${text}` : ''));
}

/// Loads the code of a page before somebody opens it.
const prepared = new Set();
export function prepare(href) {
  if (!href || !ours.test(href)) return;
  const found = placeOf(href.split(/[?#]/)[0]);
  if (!found || prepared.has(found.place.page)) return;
  prepared.add(found.place.page);
  pageCode(found.place.page).catch(() => prepared.delete(found.place.page));
}

export const pageCode = (name) => import(`../pages/${name}/page.js`);

function remember() {
  if (!entry) return;
  const memory = memoryOf(entry);
  memory.scroll = scrollY;
  memory.focus = document.activeElement?.closest?.('[data-key]')?.dataset.key ?? null;
}

function enter(key, isBack) {
  entry = key ?? newEntry();
  if (!key) history.replaceState({ entry }, '', location.href);
  leave.abort(new DOMException('left the page', 'AbortError'));
  leave = new AbortController();
  const found = placeOf(location.pathname);
  const memory = memoryOf(entry);
  const signal = leave.signal;
  Promise.resolve(show({
    place: found?.place ?? null, parameters: found?.parameters ?? {}, query: new URLSearchParams(location.search),
    signal, memory, isBack: isBack && memory.scroll !== undefined,
  })).catch((error) => { if (!signal.aborted) throw error; });
}

/// Scrolls and focuses as the memory says; called once the rows are there.
export function restore(memory) {
  if (memory.scroll === undefined) return false;
  scrollTo(0, memory.scroll);
  const row = memory.focus && one(`[data-key="${CSS.escape(memory.focus)}"]`);
  if (row) (row.matches('a, button, [tabindex]') ? row : one('a, button', row) ?? row).focus({ preventScroll: true });
  delete memory.scroll;
  return row != null;
}
