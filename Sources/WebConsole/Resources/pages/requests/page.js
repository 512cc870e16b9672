// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Requests for server certificates: paste one, see at once what the rules say, ask; and what became of one's own.

import { path } from '../../app/api.js';
import { foreign, fragment, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { list } from '../../components/list.js';
import { within } from '../../components/part.js';
import { pill } from '../../components/pill.js';
import { said } from '../../components/said.js';
import { ago, day } from '../../components/time.js';
import { form, revoke } from './actions.js';

const looks = { issued: ['✓', 'good'], waiting: ['●', 'wait'], approval: ['●', 'wait'], ordered: ['●', 'wait'], denied: ['✗', 'bad'], failed: ['✗', 'bad'] };

export async function open(page) {
  page.title(t('requests.title'));
  page.command('certway request list');
  const place = h('div');
  page.show(fragment(form(() => page.reload()), h('h2', t('requests.mine')), place));
  await list({
    page: within(page, place), path: '/certificate-requests', caption: t('requests.title'),
    rowKey: (one) => one.reference ?? one.number,
    columns: [
      { title: t('requests.names'), cell: (one) => foreign((one.hosts ?? []).join(', ')) },
      { title: t('column.status'), cell: (one) => h('span', pill(one.state, { look: looks[one.state], text: word('request', one.state) }), one.sentence && h('span.sub', said(one.sentence))) },
      { title: t('column.template'), cell: (one) => foreign(one.template) },
      { title: t('column.since'), cell: (one) => ago(one.createdAt) },
      { title: t('column.ends'), cell: (one) => (one.certificate ? day(one.certificate.notAfter) : '') },
      { title: t('requests.files'), cell: (one) => one.certificate && h('a', { href: `/api/v1${path('/certificate-requests/{}/pem', one.reference ?? one.number)}`, download: 'certificate.pem' }, t('requests.pem')) },
      { title: t('requests.what'), cell: (one) => one.certificate?.status === 'active' && h('button', { type: 'button', on: { click: () => revoke(one, () => page.reload()) } }, t('action.revokeMore')) },
    ],
    nothing: { title: t('requests.none'), text: t('requests.noneText') },
  });
}
