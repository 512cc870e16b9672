// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Services: whether everything works that the gateway depends on, and what to do where it does not.

import { foreign, fragment, h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { panel } from '../../components/facts.js';
import { skeleton, working } from '../../components/loading.js';
import { operation } from '../../components/operation.js';
import { pill } from '../../components/pill.js';
import { problemLine } from '../../components/problem.js';
import { said } from '../../components/said.js';
import { moment } from '../../components/time.js';

const looks = { ok: ['✓', 'good'], warning: ['▲', 'wait'], failed: ['✗', 'bad'], note: ['○', 'neutral'] };

export async function open(page) {
  page.title(t('services.title'));
  page.command('certway doctor');
  page.show(skeleton());
  const trouble = h('div', { role: 'status' });
  const check = h('button.primary', { type: 'button', on: { click: async () => {
    check.setAttribute('aria-busy', 'true');
    replace(trouble, h('p.note', t('services.running')));
    try {
      await working(operation('/service-checks', undefined, { signal: page.signal }));
      replace(trouble);
      await page.reload();
    } catch (problem) {
      replace(trouble, problemLine(problem));
    } finally {
      check.removeAttribute('aria-busy');
    }
  } } }, t('services.checkAll'));
  await page.load('/services', {
    draw: (services) => fragment(h('div.actions', check), trouble, services.at
      ? panel(null, h('p.muted', t('services.at'), ' ', moment(services.at)), table(services.findings ?? []))
      : h('section.empty', h('h2', t('services.never')), h('p', t('services.neverText')))),
  });
}

const table = (findings) => h('div.scroll', { role: 'region', tabindex: '0', 'aria-label': t('services.title') }, h('table.data', h('caption.unseen', t('services.title')),
  h('thead', h('tr', [t('services.service'), t('services.works'), t('services.found')].map((title) => h('th', { scope: 'col' }, title)))),
  h('tbody', findings.map((one) => h('tr',
    h('th', { scope: 'row' }, foreign(one.subject)),
    h('td', { 'data-label': t('services.works') }, pill(one.verdict, { look: looks[one.verdict] })),
    h('td', { 'data-label': t('services.found') }, said(one.text, t('text.all'))))))));
