// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One record of the audit trail: what was before, what after, and its place in the chain.

import { path } from '../../app/api.js';
import { foreign, fragment, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { copy } from '../../components/copy.js';
import { diff } from '../../components/diff.js';
import { facts, panel, plain } from '../../components/facts.js';
import { skeleton } from '../../components/loading.js';
import { nowhere } from '../../components/problem.js';
import { actor, said } from '../../components/said.js';
import { second } from '../../components/time.js';
import { outcome } from '../audit/page.js';

export async function open(page) {
  const { number } = page.parameters;
  page.title(t('audit.record', { number }), { crumbs: [{ label: t('audit.title'), href: '/console/audit' }] });
  page.command(`certway audit show ${Number(number)}`);
  page.show(skeleton());
  await page.load(path('/audit-records/{}', number), {
    gone: () => nowhere(t('audit.record', { number })),
    draw: (one) => fragment(
      panel(word('audit', one.action), facts([
        [t('audit.outcome'), outcome(one)], [t('audit.time'), second(one.at)], [t('audit.who'), foreign(actor(one.actor))],
        [t('audit.right'), said(one.origin)], [t('audit.object'), foreign(`${one.objectKind}: ${one.object}`)],
        [t('column.person'), one.person && foreign(one.person)], [t('column.why'), said(one.reason ?? '', t('text.all'))],
        [t('audit.node'), foreign(one.node ?? '')],
      ])),
      (one.before != null || one.after != null) && panel(t('diff.title'), diff(plain(one.before), plain(one.after))),
      panel(t('audit.chain'), facts([[t('audit.hash'), copy(one.hash)], [t('audit.previous'), copy(one.previous)]])),
      h('p', h('button', { type: 'button', on: { click: () => print() } }, t('audit.print')))),
  });
}
