// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A mail before it is one: as somebody would get it, or sent to an address to try it.

import { post } from '../../app/api.js';
import { foreign, h, replace } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { act, dialog } from '../../components/dialog.js';
import { working } from '../../components/loading.js';
import { problemLine } from '../../components/problem.js';
import { toast } from '../../components/toast.js';

/// - Parameters:
///   - wording: `{subject, text}` as typed; what cannot be used is told by the gateway, with the place.
///   - trouble: where that is said.
export async function preview(event, language, wording, trouble) {
  try {
    const mail = await working(post('/notification-previews', { event, language, ...wording }));
    replace(trouble);
    dialog({ title: t('notifications.previewOf', { event: word('notice', event) }), isWide: true, cancel: t('notifications.close'),
      body: h('div.stack', h('p.muted', foreign(mail.from), ' → ', foreign(mail.to)), h('h3', foreign(mail.subject)), h('pre', foreign(mail.text, t('text.all'), 20_000))) });
  } catch (problem) {
    const line = problemLine(problem);
    replace(trouble, line);
    line.scrollIntoView({ block: 'center' });
  }
}

export function test(event, language) {
  const address = h('input', { type: 'email', required: true, id: 'test-mail-to' });
  act({
    title: t('notifications.testOf', { event: word('notice', event) }), verb: t('notifications.send'),
    body: [h('label.field', { for: 'test-mail-to' }, h('span', t('notifications.address')), address)],
    isReady: () => address.value.includes('@'),
    run: async ({ key }) => {
      const mail = await post('/test-mails', { event, language, to: address.value }, { key });
      toast(t('notifications.taken', { address: mail.to }));
    },
  });
}
