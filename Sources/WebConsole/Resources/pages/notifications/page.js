// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Notifications: who is told what, how it reads, and a mail to try it.

import { post } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { act, dialog } from '../../components/dialog.js';
import { list } from '../../components/list.js';
import { complain, toast } from '../../components/toast.js';

export async function open(page) {
  page.title(t('notifications.title'));
  page.command('certway notification list');
  await list({
    page, path: '/notifications', rowKey: (one) => one.event, caption: t('notifications.title'), topics: [], columns: columns(), own: ['state'],
    nothing: { title: t('notifications.none') },
  });
}

const columns = () => [
  { title: t('notifications.event'), cell: (one) => h('span', word('notice', one.event), h('span.sub', h('code', one.event))) },
  { title: t('notifications.told'), cell: (one) => (one.send ? t('notifications.yes') : t('notifications.no')) },
  { title: t('notifications.to'), cell: (one) => foreign((one.to ?? []).join(', ')) },
  { title: t('notifications.subject'), cell: (one) => foreign(one.texts?.en?.subject ?? ''), className: 'optional' },
  { title: '', className: 'end', cell: (one) => h('span',
    h('button', { type: 'button', on: { click: () => preview(one.event) } }, t('notifications.preview')),
    may('configure') && h('button', { type: 'button', on: { click: () => test(one.event) } }, t('notifications.test'))) },
];

async function preview(event) {
  try {
    const mails = await Promise.all(['en', 'de'].map((language) => post('/notification-previews', { event, language })));
    dialog({
      title: t('notifications.previewOf', { event }), isWide: true, cancel: t('notifications.close'),
      body: mails.map((mail) => h('section.stack', h('h3', foreign(mail.subject)), h('pre', foreign(mail.text)))),
    });
  } catch (problem) {
    complain(problem);
  }
}

function test(event) {
  const address = h('input', { type: 'email', required: true, id: 'test-mail-to' });
  act({
    title: t('notifications.testOf', { event }), verb: t('notifications.send'),
    body: [h('label', { for: 'test-mail-to' }, t('notifications.address')), address],
    isReady: () => address.value.includes('@'),
    run: async ({ key }) => {
      const mail = await post('/test-mails', { event, to: address.value }, { key });
      toast(t('notifications.taken', { address: mail.to }));
    },
  });
}
