// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// All orders, by any filter: where links of the overview and of tickets lead.

import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { commandLine } from '../../components/command.js';
import { list } from '../../components/list.js';
import { namesOf } from '../certificates/view.js';
import { choice } from '../waiting/actions.js';
import { columns, orderLink } from '../waiting/view.js';

const stages = ['planned', 'keyed', 'submitted', 'pending', 'issued', 'delivered', 'published', 'active', 'rejected', 'failed', 'cancelled', 'superseded', 'revoked', 'expired'];
const parties = ['subscriber', 'certificateAuthority', 'approver', 'operator', 'inDoubt', 'limit', 'failed', 'gateway'];
const yesNo = () => [{ value: 'true', label: t('text.yes') }, { value: 'false', label: t('text.no') }];

export async function open(page) {
  page.title(t('orders.title'), { crumbs: [{ label: t('waiting.title'), href: '/console/waiting' }] });
  page.command(() => commandLine('certway order list', page.query, { stage: 'stage', template: 'template', backendCA: 'backend-ca', text: 'user' }, { held: 'held' }));
  await list({
    page, caption: t('orders.title'), topics: ['orders'], hasViews: true, exported: may('exportLists') && 'orders',
    columns: columns(null), rowKey: (one) => one.reference, href: orderLink, choice: choice(page, null),
    filters: [
      { name: 'text', label: t('orders.search'), kind: 'search' },
      { name: 'stage', label: t('column.status'), options: stages.map((value) => ({ value, label: word('state', value) })) },
      { name: 'open', label: t('orders.open'), kind: 'one', options: yesNo() },
      { name: 'held', label: t('orders.held'), kind: 'one', options: yesNo() },
      { name: 'waitingFor', label: t('order.waitsFor'), options: parties.map((value) => ({ value, label: word('waits', value) })) },
      { name: 'template', label: t('column.template'), kind: 'one', options: namesOf('/templates', page) },
      { name: 'backendCA', label: t('column.backendCA'), kind: 'one', options: namesOf('/backend-cas', page) },
          ],
    presets: [{ label: t('orders.open'), query: { open: 'true' } }, { label: word('state', 'held'), query: { held: 'true' } }, { label: word('state', 'failed'), query: { stage: 'failed' } }],
    nothing: { title: t('orders.none') },
  });
}
