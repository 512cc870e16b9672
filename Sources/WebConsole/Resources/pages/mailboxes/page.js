// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Shared mailboxes: who may open each, and whose key was changed when.

import { path } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { n, t } from '../../app/i18n.js';
import { gapsOf } from '../../components/keys.js';
import { list } from '../../components/list.js';
import { pill } from '../../components/pill.js';
import { ago, day } from '../../components/time.js';

/// The key that began last: with it the mailbox got another one than before.
export const newest = (keys) => [...keys].sort((a, b) => b.notBefore.localeCompare(a.notBefore))[0];

export async function open(page) {
  page.title(t('mailboxes.title'));
  page.command('certway mailbox list');
  await list({
    page, caption: t('mailboxes.title'), topics: ['orders'],
    rowKey: (one) => one.id, href: (one) => path('/console/mailboxes/{}', one.address),
    columns: [
      { title: t('mailboxes.mailbox'), cell: (one) => h('span', foreign(one.displayName), h('span.sub', foreign(one.address))) },
      { title: t('mailboxes.people'), cell: (one) => people(one) },
      { title: t('mailboxes.keys'), cell: (one) => keys(one) },
      { title: t('mailboxes.changed'), cell: (one) => (newest(one.keys) ? day(newest(one.keys).notBefore) : '') },
      { title: t('column.ends'), cell: (one) => (newest(one.keys) ? day(newest(one.keys).notAfter) : '') },
      { title: t('mailboxes.read'), cell: (one) => (one.readAt ? ago(one.readAt) : t('lamp.notYet')), className: 'optional' },
    ],
    nothing: { title: t('mailboxes.none'), text: t('mailboxes.noneText') },
  });
}

const people = (one) => (one.problem
  ? h('span', pill('problem'), h('span.sub', foreign(one.problem, t('text.all'), 140)))
  : h('span', n('mailboxes.count', one.people.length), h('span.sub', foreign(one.people.slice(0, 3).map((entry) => entry.userPrincipalName).join(', ')))));

function keys(one) {
  if (!one.keys.length) return h('span.muted', t('mailboxes.noKey'));
  const gaps = gapsOf(one.keys);
  return gaps > 0 ? pill('problem', { look: ['▲', 'wait'], text: n('mailboxes.gaps', gaps) }) : pill('yes', { text: t('mailboxes.allThere') });
}
