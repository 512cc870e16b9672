// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Buttons that tell the truth: what is not possible stays reachable, with the reason beside it, read out when pressed.

import { h } from '../app/dom.js';
import { t, word } from '../app/i18n.js';
import { said } from './said.js';
import { announce } from './toast.js';

let number = 0;

/// One button.
/// - Parameters:
///   - allowed: whether the server would do it.
///   - reason, instead: why not, and what to do in its place.
///   - isQuiet: shows the reason only when the button is pressed or focused: for rows with many buttons.
export function actionButton({ label, kind = '', allowed = true, reason, instead, run, isQuiet = false, key }) {
  if (allowed) return h(`button${kind && `.${kind}`}`, { type: 'button', 'data-action': key, on: { click: run } }, label);
  const id = `reason-${(number += 1)}`;
  const why = whyOf({ reason, instead });
  return h(`span.off${isQuiet ? '.quiet' : ''}`,
    h('button', {
      type: 'button', 'aria-disabled': 'true', 'aria-describedby': id, 'data-action': key,
      on: { click: (event) => { event.currentTarget.parentElement.classList.add('told'); announce(why); } },
    }, label),
    h('small', { id }, said(why)));
}

/// From so many on, reasons beside their buttons would push the page away from whoever came to read it.
const most = 2;

/// Buttons for what an object says can be done with it: `actions: [{name, allowed, reason, instead}]`. Where many are not possible, what
/// is comes first, each reason shows with its button, and one line opens all of them.
/// - Parameters:
///   - runs: by name of the action: `{label, kind, run}`; what is not named here is not shown.
///   - also: one more control of the row.
export function actionBar(actions, runs, { isQuiet = false, also = null } = {}) {
  const offered = (Array.isArray(actions) ? actions : []).filter((one) => one && 'allowed' in one && runs[one.name]);
  if (!offered.length) return also;
  const off = offered.filter((one) => !one.allowed);
  const isFolded = !isQuiet && off.length > most;
  const labelOf = (one) => runs[one.name].label ?? word('action', one.name);
  const button = (one) => actionButton({ ...runs[one.name], label: labelOf(one), isQuiet: isQuiet || isFolded, key: one.name,
    allowed: one.allowed, reason: one.reason, instead: one.instead });
  const row = (...nodes) => h('div.actions', { role: 'group', 'aria-label': t('action.group') }, nodes);
  return isFolded ? h('div.stack.folded', row(offered.filter((one) => one.allowed).map(button), also, off.map(button)), reasons(off, labelOf))
    : row(offered.map(button), also);
}

/// All reasons in one place, each once.
function reasons(off, labelOf) {
  const labels = new Map();
  for (const one of off) labels.set(whyOf(one), [...(labels.get(whyOf(one)) ?? []), labelOf(one)]);
  return h('details', h('summary', t('action.whyNot', { count: off.length })), h('ul.plain', [...labels].map(([why, some]) =>
    h('li', h('strong', some.join(', ')), ': ', said(why)))));
}

const whyOf = ({ reason, instead }) => [reason, instead].filter(Boolean).join('; ') || t('action.notHere');

/// Whether an object offers an action at all, and may do it.
export const canDo = (object, name) =>
  (Array.isArray(object.actions) ? object.actions : []).some((one) => one.name === name && one.allowed);
