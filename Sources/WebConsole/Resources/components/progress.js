// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How far something is: a bar, the numbers, and a word to a screen reader at each quarter.

import { h, replace } from '../app/dom.js';
import { number } from '../app/format.js';
import { t } from '../app/i18n.js';
import { announce } from './toast.js';

/// - Returns: `{element, set({done, of, text})}`.
export function progress(label) {
  const fill = h('div.bar-fill');
  const track = h('div.bar-track', { role: 'progressbar', 'aria-label': label, 'aria-valuemin': '0', 'aria-valuemax': '100' }, fill);
  const words = h('div.row.between.small');
  let quarter = 0;
  return {
    element: h('div.stack', track, words),
    set({ done, of, text }) {
      const percent = of > 0 ? Math.min(100, (done / of) * 100) : 0;
      fill.style.setProperty('--done', `${percent.toFixed(1)}%`);
      track.setAttribute('aria-valuenow', String(Math.round(percent)));
      replace(words, h('span', t('progress.of', { done: number(done), of: number(of) })), text && h('span.muted', text));
      const reached = Math.floor(percent / 25);
      if (reached > quarter) announce(`${label}: ${t('progress.percent', { percent: Math.round(percent) })}`);
      quarter = reached;
    },
  };
}
