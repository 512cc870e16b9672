// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A list page: filters in the address, rows by pages of 50, count, choice, states; Back brings rows and focus again.

import { address } from '../app/api.js';
import { h, replace } from '../app/dom.js';
import { keepFocus } from '../app/focus.js';
import { countOf } from '../app/format.js';
import { n, t } from '../app/i18n.js';
import { filterBar } from './filters.js';
import { skeleton } from './loading.js';
import { empty } from './problem.js';
import { table } from './table.js';
import { announce } from './toast.js';
import { viewsMenu } from './views.js';

const pageSize = 50;
/// What the page's line in places.js says: the call was begun by it before this code was here, and must be the same.
const listOf = (page) => {
  const [path, usual] = (page.place?.list ?? '').split('?');
  return { path, sort: new URLSearchParams(usual).get('sort') ?? undefined };
};

/// - Parameters:
///   - page: the page.
///   - path: the call, such as `/certificates`; its answer is `{items, next, matches}`. That of the page's line in places.js when nil.
///   - columns, rowKey, href, caption: as `table` takes them.
///   - filters, presets: as `filterBar` takes them; `query` is added to each call.
///   - own: names in the address that are the page's and no filter of the API.
///   - sort: the order when the address names none.
///   - topics: events that mean the list may have changed.
///   - nothing: shown when there is nothing without a filter.
///   - choice: `(keys, items, total) => nodes`, for lists whose rows can be chosen.
///   - hasAll: whether all that match can be chosen, beyond those shown.
///   - hasViews: whether views can be saved.
///   - exported: the list's name as `POST /exports` has it, where it can be had as a file.
///   - above: a node between filters and rows.
export async function list({ page, path = listOf(page).path, columns, rowKey, href, caption, filters = [], presets, query = {}, sort = listOf(page).sort, own = [], topics = [], nothing, choice, hasAll, hasViews, exported, above, tools }) {
  const chosen = choice ? new Set(page.memory.chosen ?? []) : null;
  const rows = h('div');
  const foot = h('div.more');
  const fresh = h('div', { role: 'status' });
  const tray = h('div.tray');
  let items = [];
  let next = null;
  let matches = null;
  let view = null;
  let run = 0;
  let isAll = false;

  const bar = filterBar({ page, filters, own, presets, change: () => { chosen?.clear(); isAll = false; read(); }, extra: [hasViews && viewsMenu(location.pathname), exported && exportButton(), tools] });
  page.isList = true;
  page.paper.set(t('filter.title'), () => bar.names().map((one) => one.text).join(' · '));
  page.paper.set(t('paper.rows'), () => t('paper.rowsOf', { shown: items.length, count: countOf(matches ?? { count: items.length, exact: !next }) }));
  page.show(bar.element, h('div', above, fresh, rows, foot, tray));
  replace(rows, skeleton());

  const asked = (after) => {
    const all = new URLSearchParams(page.query);
    for (const name of ['do', ...own]) all.delete(name);
    for (const [name, value] of Object.entries(query)) if (!all.has(name)) [value].flat().forEach((one) => all.append(name, one));
    if (sort && !all.has('sort')) all.set('sort', sort);
    all.set('limit', String(pageSize));
    if (after) all.set('after', after);
    return all;
  };

  // Its code is loaded once somebody wants it.
  function exportButton() {
    const button = h('button', { type: 'button', on: { click: async () => {
      button.disabled = true;
      await (await import('./exported.js')).exportList(exported, asked()).finally(() => { button.disabled = false; });
    } } }, t('action.exportCSV'));
    return button;
  }

  /// - Parameter isMore: what is there stays, and the rows behind it are added.
  async function read({ after = null, quiet = false, upTo = pageSize, isMore = false } = {}) {
    const mine = (run += 1);
    if (!after && !quiet) rows.classList.add('old');
    try {
      const answer = await page.get(path, { query: asked(after), quiet });
      if (mine !== run || page.signal.aborted) return;
      items = after ? [...items, ...answer.items] : answer.items;
      [next, matches] = [answer.next, answer.matches ?? matches];
      if (next && items.length < upTo) return read({ after: next, quiet, upTo, isMore });
      page.frame.note(null);
      draw(isMore);
      if (after) announce(t('list.shown', { count: items.length }));
      else announce(n('list.count', matches?.count ?? items.length));
    } catch (error) {
      if (mine !== run || page.signal.aborted) return;
      page.fail(error, { put: (...nodes) => replace(rows, ...nodes), hasData: items.length > 0, again: () => read() });
    } finally {
      rows.classList.remove('old');
    }
  }

  function draw(isMore = false) {
    Object.assign(page.memory, { items, next, matches, query: page.query.toString() });
    replace(fresh);
    if (!items.length) {
      replace(rows, bar.isSet() ? filteredToNothing() : empty(nothing ?? { title: t('list.nothing') }));
      return replace(foot, tray.replaceChildren());
    }
    if (isMore && view) view.add(items);
    else drawRows();
    const left = matches?.exact ? Math.min(pageSize, matches.count - items.length) : pageSize;
    replace(foot, h('span', n('list.matches', matches?.count ?? items.length, { shown: countOf(matches ?? { count: items.length, exact: !next }) })),
      next && h('button', { type: 'button', on: { click: () => read({ after: next, upTo: items.length + pageSize, isMore: true }) } }, n('list.more', left)));
    showTray();
  }

  function drawRows() {
    const by = page.query.get('sort') ?? sort;
    view = table({ columns, rowKey, href, caption, chosen, onChoose: showTray,
      sort: sort && { by, change: (to) => { page.filter({ sort: to }); read(); } } });
    view.set(items);
    keepFocus(() => replace(rows, view.element));
  }

  const filteredToNothing = () => empty({
    title: t('list.filtered'), text: bar.names().map((one) => one.text).join(' · '),
    action: h('div.row.centre', bar.names().map((one) =>
      h('button', { type: 'button', on: { click: () => bar.remove(one.name) } }, t('filter.remove', { what: one.text })))),
  });

  function showTray() {
    if (!choice) return;
    if (chosen.size < items.length) isAll = false;
    page.memory.chosen = [...chosen];
    const picked = items.filter((one) => chosen.has(String(rowKey(one))));
    replace(tray, chosen.size > 0 && h('div.tray-bar', h('strong', n('list.chosen', isAll ? matches.count : chosen.size)),
      // All that match is a choice of its own, with the server's count.
      hasAll && !isAll && next && matches?.exact && chosen.size === items.length && h('button.link', { type: 'button', on: { click: () => { isAll = true; showTray(); } } }, n('list.chooseAll', matches.count)),
      choice([...chosen], picked, { isAll, matches, query: asked(), uncheck: () => view.uncheck() }),
      h('button.link', { type: 'button', on: { click: () => view.uncheck() } }, t('list.chooseNone'))));
  }

  const reload = (options) => read({ quiet: true, upTo: Math.max(pageSize, items.length), ...options });
  page.reload = reload;
  // What is being looked at does not move: news wait for a click.
  let count = 0;
  if (topics.length) {
    page.live(topics, () => {
      count += 1;
      replace(fresh, h('div.note', n('list.news', count), ' ',
        h('button.link', { type: 'button', on: { click: () => { count = 0; reload(); } } }, t('list.showNews'))));
    });
  }
  if (page.isBack && page.memory.items && page.memory.query === page.query.toString()) {
    ({ items, next, matches } = page.memory);
    draw();
    page.asOf();
    page.settle();
    await reload();
  } else {
    await read();
  }
  return { read, address: () => address(path, asked()) };
}
