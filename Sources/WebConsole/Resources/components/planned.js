// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What costs money or cannot be taken back: first what it would do, by a dry run, then the button; over a limit the number is typed.

import { newKey, post } from '../app/api.js';
import { h, replace } from '../app/dom.js';
import { money } from '../app/format.js';
import { n, t } from '../app/i18n.js';
import { act } from './dialog.js';
import { clearFaults } from './faults.js';
import { problemLine } from './problem.js';
import { said as sentence } from './said.js';
import { toast } from './toast.js';
import { typedCount } from './typed.js';

/// From so many on the number is typed.
const many = 20;

/// - Parameters:
///   - count: how many it is about.
///   - fields: nodes of the form; `body(form)` makes of them what is sent to `call`.
///   - said: what the toast says; `done()` afterwards.
export function planned({ title, verb, danger, text, fields = [], call, body, count = 1, said, done }) {
  const plan = h('div', { role: 'status' });
  const typed = count >= many ? typedCount(count) : null;
  let shown = null;
  const look = h('button', { type: 'button', on: { click: lookFirst } }, t('many.look'));
  const dialog = act({
    title, verb, danger, body: [text && h('p', text), fields, h('p', look), plan, typed?.element],
    isReady: () => shown != null && (typed?.isRight() ?? true),
    run: async ({ key, form }) => {
      await post(call, body(form), { key });
      toast(said);
      done();
    },
  });

  async function lookFirst() {
    const form = dialog.element.querySelector('form');
    if (!form.reportValidity()) return;
    try {
      shown = await post(call, body(form), { dryRun: true, key: newKey() });
      clearFaults(form);
      replace(plan, outcome(shown));
    } catch (problem) {
      shown = null;
      replace(plan, problemLine(problem, form));
    }
    dialog.check();
  }

  // A change of what is asked makes what was shown worth nothing.
  dialog.element.querySelector('form').addEventListener('change', (event) => {
    if (typed?.element.contains(event.target)) return;
    shown = null;
    replace(plan);
    dialog.check();
  });
}

function outcome(shown) {
  const number = shown.count ?? shown.orders ?? 1;
  const refused = [shown.items ?? shown.people ?? []].flat().filter((one) => one.outcome === 'refused' || one.refusal);
  const reasons = new Map();
  for (const one of refused) {
    const why = [one.reason ?? one.refusal, one.instead].filter(Boolean).join(' ');
    reasons.set(why, (reasons.get(why) ?? 0) + 1);
  }
  return h('div.note', n('many.plan', number), ' ', costOf(shown.cost),
    shown.needed && h('div', sentence(shown.needed)),
    shown.follows && h('div', t('revoke.follows'), ' ', sentence(shown.follows)),
    (shown.problems ?? []).map((one) => h('div', sentence(one))),
    refused.length > 0 && h('ul', [...reasons].slice(0, 8).map(([why, count]) => h('li', n('many.refused', count), ' ', sentence(why)))));
}

/// A sum has one amount for each currency; nothing is said where nothing has a price.
function costOf(cost) {
  const amounts = [cost].flat().filter((one) => one?.amount != null);
  return amounts.length > 0 && t('many.cost', { cost: amounts.map(money).join(' + ') });
}
