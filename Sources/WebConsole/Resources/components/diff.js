// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What changed between two texts, line by line: a sign beside the colour.

import { h } from '../app/dom.js';
import { n, t } from '../app/i18n.js';

const around = 3;

/// The longest common lines by a table; texts of some thousand lines at most.
function changes(before, after) {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const table = Array.from({ length: x.length + 1 }, () => new Uint32Array(y.length + 1));
  for (let i = x.length - 1; i >= 0; i -= 1) {
    for (let j = y.length - 1; j >= 0; j -= 1) table[i][j] = x[i] === y[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  }
  const lines = a.slice(0, start).map((text) => [' ', text]);
  let [i, j] = [0, 0];
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) { lines.push([' ', x[i]]); i += 1; j += 1; }
    else if (i < x.length && (j === y.length || table[i + 1][j] >= table[i][j + 1])) { lines.push(['-', x[i]]); i += 1; }
    else { lines.push(['+', y[j]]); j += 1; }
  }
  return [...lines, ...a.slice(a.length - end).map((text) => [' ', text])];
}

export function diff(before, after) {
  const lines = changes(before, after);
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - around), index + around + 1).some(([sign]) => sign !== ' '));
  if (!near.includes(true)) return h('p.muted', t('diff.same'));
  const rows = [];
  let skipped = 0;
  const flush = () => { if (skipped) rows.push(h('div.skip', n('diff.skipped', skipped))); skipped = 0; };
  lines.forEach(([sign, text], index) => {
    if (!near[index]) { skipped += 1; return; }
    flush();
    rows.push(h(`div.${sign === '+' ? 'plus' : sign === '-' ? 'minus' : 'same'}`,
      sign !== ' ' && h('span.unseen', sign === '+' ? t('diff.added') : t('diff.removed')), `${sign} ${text}`));
  });
  flush();
  return h('div.diff', { role: 'group', tabindex: '0', 'aria-label': t('diff.title') }, rows);
}
