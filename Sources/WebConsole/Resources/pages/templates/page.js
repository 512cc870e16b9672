// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Templates: which group gets what from which CA.

import { foreign, h } from '../../app/dom.js';
import { number } from '../../app/format.js';
import { t } from '../../app/i18n.js';
import { list } from '../../components/list.js';
import { pill } from '../../components/pill.js';

export async function open(page) {
  page.title(t('templates.title'));
  page.command('certway template list');
  await list({
    page, caption: t('templates.title'),
    rowKey: (one) => one.name, href: (one) => `/console/templates/${encodeURIComponent(one.name)}`,
    columns: [
      { title: t('column.template'), cell: (one) => foreign(one.name) },
      { title: t('column.status'), cell: (one) => pill(one.enabled ? 'active' : 'none', { text: one.enabled ? t('templates.on') : t('templates.off') }) },
      { title: t('templates.group'), cell: (one) => foreign(one.groupName ?? one.group) },
      { title: t('column.backendCA'), cell: (one) => h('a', { href: `/console/backend-cas/${encodeURIComponent(one.backendCA)}` }, foreign(one.backendCA)) },
      { title: t('column.product'), cell: (one) => foreign(one.product), className: 'optional' },
      { title: t('people.title'), cell: (one) => number(one.people?.members ?? one.people?.all), className: 'end' },
      { title: t('plans.inUse'), cell: (one) => number(one.people?.inUse), className: 'end' },
    ],
    nothing: { title: t('templates.none'), text: t('templates.noneText') },
  });
}
