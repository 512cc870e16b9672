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
  const why = [reason, instead].filter(Boolean).join('; ') || t('action.notHere');
  return h(`span.off${isQuiet ? '.quiet' : ''}`,
    h('button', {
      type: 'button', 'aria-disabled': 'true', 'aria-describedby': id, 'data-action': key,
      on: { click: (event) => { event.currentTarget.parentElement.classList.add('told'); announce(why); } },
    }, label),
    h('small', { id }, said(why)));
}

/// Buttons for what an object says can be done with it: `actions: [{name, allowed, reason, instead}]`.
/// - Parameters:
///   - runs: by name of the action: `{label, kind, run}`; what is not named here is not shown.
export function actionBar(actions, runs, { isQuiet = false } = {}) {
  const offered = (Array.isArray(actions) ? actions : []).filter((one) => one && 'allowed' in one && runs[one.name]);
  if (!offered.length) return null;
  return h('div.actions', { role: 'group', 'aria-label': t('action.group') }, offered.map((one) => {
    const { label, kind, run } = runs[one.name];
    return actionButton({
      label: label ?? word('action', one.name), kind, run, isQuiet, key: one.name,
      allowed: one.allowed, reason: one.reason, instead: one.instead,
    });
  }));
}

/// Whether an object offers an action at all, and may do it.
export const canDo = (object, name) =>
  (Array.isArray(object.actions) ? object.actions : []).some((one) => one.name === name && one.allowed);
