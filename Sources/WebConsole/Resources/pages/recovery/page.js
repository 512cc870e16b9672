// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Recovery of archived keys: ask, agree, fetch once; and whether the archive opens.

import { foreign, fragment, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { list } from '../../components/list.js';
import { within } from '../../components/part.js';
import { pill } from '../../components/pill.js';
import { ago } from '../../components/time.js';
import { may } from '../../app/session.js';
import { ask, buttons } from './actions.js';
import { agents } from './agents.js';
import { drills } from './drills.js';

const looks = { waiting: ['●', 'wait'], approved: ['✓', 'good'], denied: ['✗', 'bad'], lapsed: ['○', 'neutral'], fetched: ['✓', 'neutral'] };

export async function open(page) {
  page.title(t('recovery.title'));
  page.command('certway key recovery list');
  const [place, below, who] = [h('div'), h('div'), h('div')];
  const reload = () => page.reload();
  page.show(fragment(may('requestRecovery') && h('div.actions', h('button.primary', { type: 'button', on: { click: () => ask({ done: reload }) } }, t('recovery.new'))), h('p.note', t('recovery.only')), place, h('h2', t('recovery.drills')), below, h('h2', t('agents.title')), who));
  await list({
    page: within(page, place), path: '/recoveries', caption: t('recovery.title'), rowKey: (one) => one.id,
    columns: [
      { title: t('recovery.number'), cell: (one) => one.id },
      { title: t('column.status'), cell: (one) => h('span', pill(one.state, { look: looks[one.state], text: word('recovery', one.state) }),
        one.state === 'waiting' && h('span.sub', t('recovery.approvals', { given: one.approvals.given, of: one.approvals.of }))) },
      { title: t('recovery.whose'), cell: (one) => h('span', foreign(one.userPrincipalName), h('span.sub', one.serialNumber)) },
      { title: t('recovery.by'), cell: (one) => foreign(one.requestedBy) },
      { title: t('recovery.purpose'), cell: (one) => foreign(one.purpose) },
      { title: t('recovery.lapses'), cell: (one) => (['waiting', 'approved'].includes(one.state) ? ago(one.lapsesAt) : one.fetchedAt ? ago(one.fetchedAt) : '') },
      { title: t('recovery.next'), cell: (one) => buttons(one, reload) },
    ],
    nothing: { title: t('recovery.none'), text: t('recovery.noneText') },
  });
  await Promise.all([drills(page, below), agents(page, who)]);
}
