// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Drift: what CAs, Intune, directory and address lists hold otherwise than the ledger, and what mends it; looked at before it is done.

import { newKey } from '../../app/api.js';
import { fragment, h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { skeleton, working } from '../../components/loading.js';
import { operation } from '../../components/operation.js';
import { problemLine } from '../../components/problem.js';
import { outcomes, report, schedule } from './view.js';

export async function open(page) {
  page.title(t('drift.title'));
  page.command('certway drift report');
  page.show(skeleton());
  const trouble = h('div', { role: 'status' });
  const compare = h('button.primary', { type: 'button', on: { click: () => run(compare, '/drift-reports', undefined, () => page.reload()) } }, t('drift.compare'));

  async function run(button, where, body, done, query = '', key = newKey()) {
    button.setAttribute('aria-busy', 'true');
    replace(trouble, h('p.note', t('drift.running')));
    try {
      const result = await working(operation(where + query, body, { key, signal: page.signal }));
      replace(trouble);
      await done(result);
    } catch (problem) {
      replace(trouble, problemLine(problem));
    } finally {
      button.removeAttribute('aria-busy');
    }
  }

  /// Looks first; what is shown then can be done.
  const mend = (button, kind) => run(button, '/drift-repairs', { kinds: [kind] }, (would) => {
    // Those that were shown and no others; a second click is the same deed.
    const shown = would.outcomes.filter((one) => one.outcome === 'would').map((one) => one.id);
    const wish = shown.length > 0 && shown.length <= 1000 ? { kinds: [kind], ids: shown, expect: shown.length } : { kinds: [kind], expect: would.total };
    const key = newKey();
    const doIt = h('button.primary', { type: 'button', 'data-action': 'mend', on: { click: () => run(doIt, '/drift-repairs', wish, (done) => replace(trouble, outcomes(done)), '', key) } }, t('drift.mend'));
    replace(trouble, outcomes(would, would.would > 0 && doIt));
    trouble.scrollIntoView({ block: 'nearest' });
  }, '?dryRun=true');

  await page.load('/drift', {
    draw: ({ report: found, schedule: when }) => fragment(
      h('p', t('drift.text')), schedule(when), may('checkServices') && h('div.actions', compare), trouble,
      found ? report(found, may('runJobs') ? mend : null) : h('section.empty', h('h2', t('drift.never')), h('p', t('drift.neverText')))),
  });
}
