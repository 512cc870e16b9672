// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// All certificates: what ends soon, what is revoked, and what can be done to many at once.

import { h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { commandLine } from '../../components/command.js';
import { list } from '../../components/list.js';
import { columns, filters, presets } from './view.js';

export async function open(page) {
  page.title(t('certificates.title'));
  page.command(() => commandLine('certway certificate list', page.query, { status: 'status', template: 'template', backendCA: 'backend-ca', text: 'user', expires: 'expiring-within' }, { willNotRenew: 'will-not-renew', onNoDevice: 'on-no-device' }));
  // What can be done to many is loaded once somebody chooses one.
  let actions = null;
  const choice = (...chosen) => {
    const place = h('span.row');
    actions ??= import('./actions.js');
    actions.then((code) => replace(place, code.choice(page)(...chosen)));
    return place;
  };
  await list({
    page, caption: t('certificates.title'),
    columns: columns(), filters: filters(page), presets: presets(),
    rowKey: (one) => one.number, href: (one) => `/console/certificates/${one.number}`,
    topics: ['orders'], hasViews: true, exported: may('exportLists') && 'certificates', hasAll: true, choice,
    nothing: { title: t('certificates.none'), text: t('certificates.noneText') },
  });
}
