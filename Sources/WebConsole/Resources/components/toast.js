// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A word about what was done: polite, gone after some seconds; one with an action stays until its time is over.

import { h, one } from '../app/dom.js';
import { t } from '../app/i18n.js';

/// What is longer belongs on a page.
const longest = 400;

function shelf() {
  let place = one('#toasts');
  if (!place) {
    place = h('div', { id: 'toasts', role: 'status', 'aria-live': 'polite' });
    document.body.append(place);
  }
  // Above a dialog, which is in the browser's top layer.
  (one('dialog[open]') ?? document.body).append(place);
  return place;
}

/// - Parameters:
///   - action: {label, run}: such as Undo.
///   - seconds: how long; by default 5, with an action 10.
export function toast(text, { action, seconds = action ? 10 : 5, tone = 'neutral' } = {}) {
  const close = () => { clearTimeout(timer); box.remove(); };
  const box = h(`div.toast.${tone}`, h('span', String(text).slice(0, longest)),
    action && h('button', { type: 'button', on: { click: () => { close(); action.run(); } } }, action.label),
    h('button.quiet', { type: 'button', 'aria-label': t('button.close'), on: { click: close } }, '×'));
  const timer = setTimeout(close, seconds * 1000);
  shelf().append(box);
  return close;
}

/// Says why something did not work, and what to do: for what has no dialog of its own to say it in.
export const complain = (problem) =>
  toast([problem.message, problem.nextStep].filter(Boolean).join(' '), { tone: 'bad', seconds: 12 });

/// Says something to a screen reader only.
export function announce(text) {
  const place = one('#announcer');
  if (!place) return;
  place.textContent = '';
  setTimeout(() => { place.textContent = text; }, 50);
}
