// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A table of rows: a real `table`, labelled cards below 768 pixels, keys j k Enter x, choice of rows.

import { h, replace } from '../app/dom.js';
import { t } from '../app/i18n.js';
import { bindHere } from '../app/keys.js';
import { go } from '../app/router.js';

/// - Parameters:
///   - columns: `[{key, title, cell(item), sort, className}]`; `sort` is the API's word for the order.
///   - rowKey, href: what names a row, and where it opens.
///   - sort: {by: '-notAfter', change(next)}.
///   - chosen: a Set of row keys, for rows that can be chosen; `onChoose()` after each change.
///   - caption: what the table is, for screen readers.
/// - Returns: `{element, set(items), add(items), focus(key)}`.
export function table({ columns, rowKey, href, sort, chosen, onChoose, caption, isBound = true }) {
  const body = h('tbody');
  let rows = [];
  const all = chosen && h('input', { type: 'checkbox', 'aria-label': t('table.chooseAll'), on: { change: chooseAll } });
  // A table without links in its rows is moved sideways by the keyboard only if it can have the focus itself.
  const element = h('div.scroll', href ? {} : { role: 'region', tabindex: '0', 'aria-label': caption }, h('table.data',
    caption && h('caption.unseen', caption),
    h('thead', h('tr', chosen && h('th.narrow', { scope: 'col' }, all), columns.map(header))), body));

  function header(column) {
    if (!column.title) return h('td', { class: column.className });
    if (!column.sort || !sort) return h('th', { scope: 'col', class: column.className }, column.title);
    const isDown = sort.by === `-${column.sort}`;
    const isUp = sort.by === column.sort;
    return h('th', { scope: 'col', class: column.className, 'aria-sort': isDown ? 'descending' : isUp ? 'ascending' : 'none' },
      h('button.sort', { type: 'button', on: { click: () => sort.change(isUp ? `-${column.sort}` : column.sort) } },
        column.title, h('span', { 'aria-hidden': 'true' }, isDown ? '↓' : isUp ? '↑' : '↕')));
  }

  function set(items) {
    rows = items;
    replace(body, items.map(row));
    showChoice();
  }

  /// - Parameter items: all there are now, of which the first stand there already.
  function add(items) {
    body.append(...items.slice(rows.length).map(row));
    rows = items;
    showChoice();
  }

  function row(item) {
    const key = String(rowKey(item));
    const target = href?.(item);
    return h('tr', {
      'data-key': key, 'data-href': target, class: [target && 'opens', item.changed && 'changed'].filter(Boolean).join(' '),
      on: target ? { click: (event) => opens(event, target) } : {},
    },
    chosen && h('td.narrow', h('input', {
      type: 'checkbox', checked: chosen.has(key), 'aria-label': t('table.choose', { what: key }),
      on: { change: (event) => choose(key, event.currentTarget.checked) },
    })),
    columns.map((column, index) => {
      const content = column.cell(item);
      return h('td', { 'data-label': column.title, class: column.className },
        index === 0 && target ? h('a.open', { href: target }, content) : content);
    }));
  }

  /// A click on a row opens it, unless it was on something in it, or somebody marks text.
  function opens(event, target) {
    if (event.target.closest('a, button, input, summary, details, label') || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) return;
    go(target);
  }

  function choose(key, isChosen) {
    if (isChosen) chosen.add(key); else chosen.delete(key);
    showChoice();
    onChoose?.();
  }

  function chooseAll() {
    for (const item of rows) {
      if (all.checked) chosen.add(String(rowKey(item))); else chosen.delete(String(rowKey(item)));
    }
    showChoice();
    onChoose?.();
  }

  function showChoice() {
    if (!chosen) return;
    let count = 0;
    for (const line of body.children) {
      const isChosen = chosen.has(line.dataset.key);
      count += isChosen ? 1 : 0;
      line.querySelector('input[type=checkbox]').checked = isChosen;
      line.classList.toggle('chosen', isChosen);
    }
    all.checked = count > 0 && count === rows.length;
    all.indeterminate = count > 0 && count < rows.length;
  }

  const current = () => document.activeElement?.closest?.('tbody tr');
  const handle = (line) => line?.querySelector('a, button, input') ?? line;
  function step(by) {
    const lines = [...body.children];
    if (!lines.length) return false;
    const next = lines[Math.max(0, Math.min(lines.length - 1, lines.indexOf(current()) + by))] ?? lines[0];
    (next.querySelector('a.open') ?? handle(next)).focus();
    next.scrollIntoView({ block: 'nearest' });
    return true;
  }
  if (isBound) {
    bindHere('j', () => step(1));
    bindHere('k', () => step(-1));
    bindHere('x', () => {
      const line = current();
      if (!line || !chosen) return false;
      choose(line.dataset.key, !chosen.has(line.dataset.key));
      return true;
    });
  }
  return { element, set, add, uncheck() { chosen?.clear(); showChoice(); onChoose?.(); } };
}
