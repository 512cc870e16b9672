// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Incidents: everything that matches is replaced by a deadline.

import { foreign, h } from '../../app/dom.js';
import { number } from '../../app/format.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { list } from '../../components/list.js';
import { pill } from '../../components/pill.js';
import { ago, moment } from '../../components/time.js';
import { start } from './actions.js';

export const looks = { running: ['●', 'wait'], paused: ['▲', 'wait'], canary: ['●', 'wait'], done: ['✓', 'good'], cancelled: ['○', 'neutral'] };

export async function open(page) {
  page.title(t('incidents.title'));
  page.command('certway incident list');
  await list({
    page, caption: t('incidents.title'),
    tools: may('manageIncident') && h('button', { type: 'button', on: { click: start } }, t('incidents.startMore')),
    rowKey: (one) => one.incident.name, href: (one) => `/console/incidents/${encodeURIComponent(one.incident.name)}`,
    columns: [
      { title: t('incidents.name'), cell: (one) => foreign(one.incident.name) },
      { title: t('column.status'), cell: (one) => pill(one.incident.state, { look: looks[one.incident.state] }) },
      { title: t('incidents.deadline'), cell: (one) => h('span', moment(one.incident.deadline), h('span.sub', ago(one.incident.deadline))) },
      { title: t('incidents.replaced'), cell: (one) => t('incidents.of', { done: number(one.replaced), of: number(one.certificates) }) },
      { title: t('incidents.revoked'), cell: (one) => number(one.revoked) },
      { title: t('incidents.because'), cell: (one) => foreign(one.incident.because, t('text.all')) },
    ],
    nothing: { title: t('incidents.none'), text: t('incidents.noneText') },
  });
}
