// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Whether the archive opens: what the last trials gave, and another one.

import { get } from '../../app/api.js';
import { foreign, fragment, h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { working } from '../../components/loading.js';
import { operation } from '../../components/operation.js';
import { pill } from '../../components/pill.js';
import { problemLine } from '../../components/problem.js';
import { moment } from '../../components/time.js';

export async function drills(page, place) {
  const trouble = h('div', { role: 'status' });
  const run = h('button', { type: 'button', on: { click: async () => {
    run.setAttribute('aria-busy', 'true');
    replace(trouble, h('p.note', t('recovery.drillRuns')));
    try {
      await working(operation('/key-drills', { sample: 100 }, { signal: page.signal }));
      replace(trouble);
      await show();
    } catch (problem) {
      replace(trouble, problemLine(problem));
    } finally {
      run.removeAttribute('aria-busy');
    }
  } } }, t('recovery.drill'));
  const rows = h('div');
  replace(place, fragment(may('requestRecovery') && h('div.actions', run), trouble, rows));
  async function show() {
    const { items } = await get('/key-drills', { query: { limit: 5 }, signal: page.signal });
    replace(rows, items.length ? h('ul.plain', items.map(line)) : h('p.muted', t('recovery.noDrill')));
  }
  await show();
}

const line = (one) => h('li', pill(one.good ? 'yes' : 'no', { look: one.good ? ['✓', 'good'] : ['✗', 'bad'], text: t('recovery.opened', { opened: one.opened, sampled: one.sampled }) }),
  ' ', moment(one.at), ' ', foreign(one.agent), one.failures.length > 0 && h('ul.plain', one.failures.map((fault) => h('li', foreign(fault.userPrincipalName), ': ', foreign(fault.reason)))));
