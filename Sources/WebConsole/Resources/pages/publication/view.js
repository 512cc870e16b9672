// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The directories with what stands there, and what a repair would change.

import { foreign, h } from '../../app/dom.js';
import { number } from '../../app/format.js';
import { t, word } from '../../app/i18n.js';
import { panel } from '../../components/facts.js';
import { pill } from '../../components/pill.js';
import { said } from '../../components/said.js';
import { table } from '../../components/table.js';

/// Differences shown; there may be one for each person.
const most = 50;
const link = (name, state) => `/console/publication?directory=${encodeURIComponent(name)}&state=${state}`;

/// Each number leads to its rows.
export function standing(directories) {
  if (!directories.length) return null;
  const count = (one, state) => (one.counts[state] > 0 ? h('a.target', { href: link(one.name, state) }, number(one.counts[state])) : '0');
  const rows = table({ caption: t('publication.directories'), rowKey: (one) => one.name, isBound: false, columns: [
    { title: t('publication.directory'), cell: (one) => h('span', foreign(one.name), h('span.sub', one.kind ? word('publication.kind', one.kind) : t('publication.former'))) },
    { title: t('publication.templates'), cell: (one) => foreign(one.templates.join(', ')), className: 'optional' },
    { title: word('published', 'published'), cell: (one) => count(one, 'published') },
    { title: word('published', 'publishing'), cell: (one) => count(one, 'publishing') },
    { title: word('published', 'withdrawing'), cell: (one) => count(one, 'withdrawing') },
    { title: word('published', 'failed'), cell: (one) => count(one, 'failed') },
  ] });
  rows.set(directories);
  return rows.element;
}

/// - Parameter action: the button that does what is shown.
export function differences(found, action) {
  const rows = table({ caption: t('publication.would'), rowKey: (one) => `${one.directory} ${one.userPrincipalName}`, isBound: false, columns: [
    { title: t('column.person'), cell: (one) => foreign(one.userPrincipalName) },
    { title: t('publication.directory'), cell: (one) => foreign(one.directory) },
    { title: t('publication.adds'), cell: (one) => foreign(one.adds.join(', '), t('text.all'), 80) },
    { title: t('publication.removes'), cell: (one) => foreign(one.removes.join(', '), t('text.all'), 80) },
    { title: t('column.why'), cell: (one) => said(one.problem ?? one.lastFailure ?? '', t('text.all'), 160) },
  ] });
  rows.set(found.slice(0, most));
  return panel(t('publication.would'),
    found.length ? rows.element : h('p', t('publication.asWanted')),
    found.length > most && h('p.muted', t('publication.shown', { count: number(most), all: number(found.length) })),
    h('div.actions', action));
}

export const findings = (items) => panel(t('publication.checked'), h('ul.plain', items.map((one) =>
  h('li', pill(one.ok ? 'yes' : 'no', { text: one.ok ? t('text.yes') : t('text.no') }), ' ', foreign(one.directory), ': ', foreign(one.finding, t('text.all'), 200)))));
