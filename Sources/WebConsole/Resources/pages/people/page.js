// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// People: who has which certificate, and who has none.

import { path } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { list } from '../../components/list.js';
import { pill } from '../../components/pill.js';
import { ending, namesOf } from '../certificates/view.js';
import { said } from '../../components/said.js';

const statuses = ['inUse', 'withdrawn', 'underWay', 'held', 'toOrder', 'waiting', 'ended', 'leftOut', 'left'];

export async function open(page) {
  page.title(t('people.title'));
  page.command('certway people list');
  await list({
    page, caption: t('people.title'), topics: ['orders'], hasViews: true, exported: may('exportLists') && 'people',
    filters: [
      { name: 'q', label: t('people.search'), kind: 'search' },
      { name: 'status', label: t('column.status'), kind: 'one', options: statuses.map((value) => ({ value, label: word('state', value) })) },
      { name: 'replacement', label: t('people.replacement'), kind: 'one', options: ['underWay', 'held'].map((value) => ({ value, label: word('state', value) })) },
      { name: 'template', label: t('column.template'), kind: 'one', options: namesOf('/templates', page) },
    ],
    presets: ['inUse', 'held', 'waiting', 'leftOut'].map((value) => ({ label: word('state', value), query: { status: value } })),
    rowKey: (one) => one.id, href: (one) => path('/console/people/{}', one.userPrincipalName),
    columns: [
      { title: t('column.person'), cell: (one) => h('span', foreign(one.displayName ?? one.userPrincipalName), one.displayName && h('span.sub', foreign(one.userPrincipalName))) },
      { title: t('column.addresses'), cell: (one) => (one.addresses ?? []).filter((text) => text !== one.userPrincipalName).slice(0, 2).map((text) => h('div', foreign(text))), className: 'optional address' },
      { title: t('column.template'), cell: (one) => one.templates.map((entry) => h('div.pair', pill(entry.status), ' ', entry.replacement && [pill(entry.replacement, { text: word('replacement', entry.replacement) }), ' '], foreign(entry.template))) },
      { title: t('column.why'), cell: (one) => one.templates.map((entry) => h('div.pair', said(entry.reason, t('text.all'), 140))), className: 'why' },
      { title: t('column.ends'), cell: (one) => one.templates.map((entry) => h('div.pair', entry.notAfter ? ending(entry.notAfter) : '')) },
    ],
    nothing: { title: t('people.none'), text: t('people.noneText') },
  });
}
