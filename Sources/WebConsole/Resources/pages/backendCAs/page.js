// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Backend CAs: connections to CAs, and whether each takes orders.

import { foreign, h } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { list } from '../../components/list.js';
import { pill } from '../../components/pill.js';
import { said } from '../../components/said.js';

/// Whether it can be used, by its configuration and what was heard from it.
export const state = (one) => (one.alarm ? pill('problem', { text: t('backendCAs.alarm') })
  : one.state === 'configured' ? pill('ok', { text: t('backendCAs.ready') }) : pill('failed', { text: t('backendCAs.unusable') }));

export async function open(page) {
  page.title(t('backendCAs.title'));
  page.command('certway ca list');
  await list({
    page, caption: t('backendCAs.title'),
    rowKey: (one) => one.name, href: (one) => `/console/backend-cas/${encodeURIComponent(one.name)}`,
    tools: may('configure') && h('a.button', { href: '/console/backend-cas-new' }, t('backendCAs.add')),
    columns: [
      { title: t('column.backendCA'), cell: (one) => foreign(one.name) },
      { title: t('column.status'), cell: (one) => h('span', state(one), one.alarm && h('span.sub', said(one.alarm))) },
      { title: t('backendCAs.connector'), cell: (one) => foreign(one.connector) },
      { title: t('backendCAs.environment'), cell: (one) => foreign(one.environment ?? ''), className: 'optional' },
      { title: t('backendCAs.usedBy'), cell: (one) => foreign((one.usedBy ?? []).join(', ') || t('backendCAs.nobody')) },
    ],
    nothing: { title: t('backendCAs.none'), text: t('backendCAs.noneText') },
  });
}
