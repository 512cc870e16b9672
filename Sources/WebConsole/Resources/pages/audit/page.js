// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The audit trail: who did what, when, why; and whether the chain is whole.

import { foreign, fragment, h, replace } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { plain } from '../../components/facts.js';
import { list } from '../../components/list.js';
import { working } from '../../components/loading.js';
import { operation } from '../../components/operation.js';
import { within } from '../../components/part.js';
import { pill } from '../../components/pill.js';
import { problemLine } from '../../components/problem.js';
import { actor, said } from '../../components/said.js';
import { second } from '../../components/time.js';

export const outcome = (one) => pill(one.outcome, { text: word('outcome', one.outcome), look: one.outcome === 'done' ? ['✓', 'good'] : ['✗', 'bad'] });

export async function open(page) {
  page.title(t('audit.title'));
  page.command('certway audit list');
  const result = h('div', { role: 'status' });
  const place = h('div');
  page.show(fragment(h('div.actions', may('verifyAudit') && h('button', { type: 'button', on: { click: () => verify(result) } }, t('audit.verify')),
    h('button', { type: 'button', on: { click: () => print() } }, t('audit.print'))), result, place));
  // By the newest of them everything before it can be checked.
  page.paper.set(t('audit.hash'), () => page.memory.items?.map((one) => `${one.number}: ${one.hash}`)[0]);
  await list({
    page: within(page, place), path: '/audit-records', caption: t('audit.title'), exported: may('exportLists') && 'auditRecords',
    rowKey: (one) => one.number, href: (one) => `/console/audit/${one.number}`,
    filters: [
      { name: 'actor', label: t('audit.who'), kind: 'text' }, { name: 'object', label: t('audit.object'), kind: 'text' },
      { name: 'person', label: t('column.person'), kind: 'text' },
      { name: 'outcome', label: t('audit.outcome'), options: ['done', 'refused', 'failed'].map((value) => ({ value, label: word('outcome', value) })) },
      { name: 'from', label: t('audit.from'), kind: 'day' }, { name: 'until', label: t('audit.until'), kind: 'day' },
    ],
    columns: [
      { title: t('audit.time'), cell: (one) => second(one.at) },
      { title: t('audit.who'), cell: (one) => h('span', foreign(actor(one.actor)), one.origin && h('span.sub', said(one.origin))) },
      { title: t('audit.did'), cell: (one) => word('audit', one.action) },
      { title: t('audit.object'), cell: (one) => [...new Set([one.object, one.person])].filter(Boolean).map((text) => h('div', foreign(text))), className: 'slim' },
      { title: t('audit.outcome'), cell: outcome },
      { title: t('column.why'), cell: (one) => said(one.reason ?? '', t('text.all')), className: 'why' },
    ],
    nothing: { title: t('audit.none'), text: t('audit.noneText') },
  });
}

/// Computes the chain anew, and says how far it is unbroken or which record is the first that is not right.
async function verify(place) {
  replace(place, h('p.note', t('audit.verifying')));
  try {
    const found = await working(operation('/audit-verifications', {}));
    const fault = found?.unbroken === false ? found.findings?.[0] : null;
    replace(place, fault ? h('p.note.bad', h('span', { 'aria-hidden': 'true' }, '✗ '), foreign(plain(fault)))
      : h('p.note', h('span', { 'aria-hidden': 'true' }, '✓ '), t('audit.unbroken', { number: found?.records ?? '' })));
  } catch (problem) {
    replace(place, problemLine(problem));
  }
}
