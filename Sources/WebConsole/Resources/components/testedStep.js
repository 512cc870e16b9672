// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A form whose values are tested before they are stored: the button that stores stays off until a test of just these values was good.

import { h, replace } from '../app/dom.js';
import { t } from '../app/i18n.js';
import { actionButton } from './action.js';
import { clearFaults, focusFault } from './faults.js';
import { problemLine } from './problem.js';
import { working } from './loading.js';

/// - Parameters:
///   - form: of `schemaForm`, or nil for nothing to fill in.
///   - test: async; gets nothing, returns nodes that say what was found; what it throws is shown at the fields.
///   - store: async; called once the test was good.
///   - verb, testVerb: on the buttons.
///   - mayUntested: whether it may be stored without a test, and is marked then.
///   - more: other buttons.
export function testedStep({ form, test, store, verb, testVerb = t('button.test'), mayUntested = false, more = [] }) {
  const found = h('div', { role: 'status' });
  const bar = h('div.actions', { role: 'group', 'aria-label': t('action.group') });
  let isGood = false;
  const tell = (problem) => {
    const line = problemLine(problem, form?.element);
    replace(found, line);
    focusFault(form?.element, line);
  };
  const busy = (run) => async (event) => {
    const button = event.currentTarget;
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    try { await working(run()); } catch (problem) { tell(problem); } finally { button.removeAttribute('aria-busy'); }
  };
  const draw = () => replace(bar,
    h('button', { type: 'button', 'data-action': 'test', on: { click: busy(async () => {
      isGood = false;
      replace(found);
      if (form) clearFaults(form.element);
      const answer = await test();
      isGood = answer.isGood !== false;
      replace(found, answer.nodes ?? answer);
      draw();
    }) } }, testVerb),
    actionButton({ label: verb, kind: 'primary', key: 'store', allowed: isGood || mayUntested, reason: t('step.testFirst'), run: busy(store) }),
    more);
  form?.element.addEventListener('input', () => { if (isGood) { isGood = false; draw(); } });
  draw();
  return h('div.stack', form?.element, found, bar);
}
