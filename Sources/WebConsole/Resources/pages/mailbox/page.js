// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One shared mailbox: who may open it and why, and where its keys are.

import { path } from '../../app/api.js';
import { foreign, fragment, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { panel } from '../../components/facts.js';
import { gapNote, keyTable } from '../../components/keys.js';
import { skeleton } from '../../components/loading.js';
import { planned } from '../../components/planned.js';
import { nowhere } from '../../components/problem.js';
import { said } from '../../components/said.js';
import { table } from '../../components/table.js';
import { ago, day } from '../../components/time.js';
import { because, causeField } from '../certificate/actions.js';

export async function open(page) {
  const { mailbox } = page.parameters;
  const crumbs = [{ label: t('mailboxes.title'), href: '/console/mailboxes' }];
  page.title(mailbox, { crumbs });
  page.command(`certway mailbox show '${mailbox.replace(/'/g, '')}'`);
  page.show(skeleton());
  await page.load(path('/mailboxes/{}', mailbox), {
    topics: ['orders'], gone: () => nowhere(mailbox),
    draw: (one) => {
      page.title(one.displayName, { crumbs });
      return fragment(
        h('div.summary', h('span', foreign(one.address)), one.readAt && h('span.muted', t('mailboxes.read'), ' ', ago(one.readAt))),
        one.problem && h('div.note.wait', h('span', { 'aria-hidden': 'true' }, '▲ '), said(one.problem), ' ', t('mailboxes.distrusted')),
        one.problem && may('grantException') && h('div.actions', h('button', { type: 'button', on: { click: () => release(one, () => page.reload()) } }, t('mailboxes.releaseMore'))),
        panel(t('mailboxes.people'), one.people.length ? members(one.people) : h('p.muted', t('mailboxes.nobody'))),
        panel(t('mailboxes.keys'), one.keys.length > 0 && gapNote(one.keys),
          one.keys.length ? keyTable(one.keys, { caption: t('mailboxes.keys'), isByPerson: true }) : h('p.muted', t('mailboxes.noKey'))));
    },
  });
}

function members(people) {
  const view = table({
    caption: t('mailboxes.people'), rowKey: (one) => one.id,
    columns: [
      { title: t('column.person'), cell: (one) => h('a', { href: path('/console/people/{}', one.userPrincipalName) }, foreign(one.userPrincipalName)) },
      { title: t('mailboxes.rights'), cell: (one) => one.rights.map((right) => h('div', word('right', right))) },
      { title: t('mailboxes.via'), cell: (one) => (one.via ? foreign(one.via) : t('mailboxes.byName')) },
      { title: t('mailboxes.since'), cell: (one) => day(one.since) },
    ],
  });
  view.set(people);
  return view.element;
}

const release = (one, reload) => planned({
  title: t('mailboxes.releaseTitle', { address: one.address }), text: t('mailboxes.releaseText'), verb: t('mailboxes.release'), danger: true,
  fields: causeField(), body: because, call: path('/mailboxes/{}/releases', one.address), said: t('mailboxes.released'), done: reload,
});
