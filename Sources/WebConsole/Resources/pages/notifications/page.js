// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Notifications: who is told what, what was sent and what became of it, and the programs that are told.

import { foreign, fragment, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { list } from '../../components/list.js';
import { within } from '../../components/part.js';
import { pill } from '../../components/pill.js';
import { outbox } from './outbox.js';
import { webhooks } from './webhooks.js';

const parts = { events, outbox, webhooks };

export async function open(page) {
  const part = page.query.get('part') in parts ? page.query.get('part') : 'events';
  page.title(t('notifications.title'));
  const place = h('div');
  page.show(fragment(h('nav.presets', { 'aria-label': t('notifications.parts') }, Object.keys(parts).map((name) => h('a.button.tab', {
    href: `/console/notifications?part=${name}`, 'aria-current': name === part ? 'page' : null }, word('notifications.part', name)))), place));
  await parts[part](page, within(page, place));
}

async function events(page, place) {
  page.command('certway notification list');
  await list({
    page: place, path: '/notifications', rowKey: (one) => one.event, href: (one) => `/console/notifications/${one.event}`, caption: t('notifications.title'),
    own: ['part'], nothing: { title: t('notifications.none') },
    columns: [
      { title: t('notifications.event'), cell: (one) => h('span', word('notice', one.event), h('span.sub', h('code', one.event))) },
      { title: t('notifications.told'), cell: (one) => pill(one.send ? 'yes' : 'no', { look: one.send ? null : ['○', 'neutral'], text: one.send ? t('notifications.yes') : t('notifications.no') }) },
      { title: t('notifications.to'), cell: (one) => foreign((one.to ?? []).map((to) => word('recipient', to)).join(', ')) },
      { title: t('notifications.subject'), cell: (one) => foreign(one.texts?.en?.subject ?? ''), className: 'optional' },
      { title: t('notifications.words'), cell: (one) => (Object.values(one.texts ?? {}).some((text) => text.own) ? t('notifications.ownWords') : t('notifications.usualWords')), className: 'optional' },
    ],
  });
}
