// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The outbox: what was told, to whom, and what stands in the way of the rest.

import { path, post } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { commandLine } from '../../components/command.js';
import { act } from '../../components/dialog.js';
import { list } from '../../components/list.js';
import { pill } from '../../components/pill.js';
import { ago, moment } from '../../components/time.js';
import { toast } from '../../components/toast.js';
import { may } from '../../app/session.js';
import { namesOf } from '../certificates/view.js';

/// What carried a key is erased and never sent again.
const carriesKey = (one) => ['handOverFile', 'handOverPassword'].includes(one.event);

const states = ['waiting', 'sending', 'sent', 'unknown', 'failed', 'addressed', 'dropped'];
const events = ['issued', 'waiting', 'expiring', 'renewed', 'revoked', 'failed', 'recovered', 'handedOver', 'handOverFile', 'handOverPassword', 'incident', 'requestDecided', 'requestIssued', 'requestExpiring', 'requestReminder', 'digest'];
const looks = { waiting: ['●', 'wait'], sending: ['●', 'wait'], sent: ['✓', 'good'], unknown: ['▲', 'wait'], failed: ['✗', 'bad'], addressed: ['✓', 'neutral'], dropped: ['○', 'neutral'] };

export const statePill = (one) => pill(one.state, { look: looks[one.state], text: word('notices', one.state) });

export async function outbox(page, place) {
  page.command(() => commandLine('certway notification pending', page.query, { state: 'state', event: 'event' }));
  await list({
    page: place, path: '/notices', rowKey: (one) => one.id, caption: word('notifications.part', 'outbox'), own: ['part'], sort: '-posted',
    filters: [
      { name: 'state', label: t('column.status'), options: states.map((value) => ({ value, label: word('notices', value) })) },
      { name: 'event', label: t('notifications.event'), kind: 'one', options: events.map((value) => ({ value, label: word('notice', value) })) },
      { name: 'webhook', label: t('webhooks.one'), kind: 'one', options: namesOf('/webhooks', page) },
    ],
    presets: [
      { label: t('outbox.open'), query: { state: ['waiting', 'sending'] } },
      { label: t('outbox.trouble'), query: { state: ['unknown', 'failed'] } },
      { label: word('notices', 'sent'), query: { state: 'sent' } },
    ],
    columns: [
      { title: t('column.status'), cell: (one) => h('span', statePill(one), one.attempts > 1 && h('span.sub', t('outbox.attempts', { count: one.attempts }))) },
      { title: t('notifications.event'), cell: (one) => h('span', word('notice', one.event), h('span.sub', foreign(one.about))) },
      { title: t('notifications.to'), cell: (one) => foreign(one.recipient.startsWith('webhook:') ? whom(one.recipient) : (one.address ?? whom(one.recipient))) },
      { title: t('outbox.posted'), cell: (one) => moment(one.postedAt), sort: 'posted' },
      { title: t('outbox.changed'), cell: (one) => h('span', ago(one.changedAt), one.dueAt && h('span.sub', t('outbox.due'), ' ', ago(one.dueAt))), sort: 'changed' },
      { title: t('outbox.detail'), cell: (one) => foreign(one.detail ?? '', t('text.all'), 80) },
      { title: '', className: 'end', cell: (one) => ['unknown', 'failed'].includes(one.state) && !carriesKey(one) && may('configure') && h('button', { type: 'button', on: { click: () => sendAgain(one, place) } }, t('outbox.again')) },
    ],
    nothing: { title: t('outbox.none'), text: t('outbox.noneText') },
  });
}

/// `configured:…`, `person:…`, `webhook:name` as people say it.
function whom(recipient) {
  const [kind, name] = [recipient.split(':')[0], recipient.slice(recipient.indexOf(':') + 1)];
  return kind === 'webhook' ? t('outbox.program', { name }) : word('recipient.kind', kind);
}

function sendAgain(one, page) {
  act({
    title: t('outbox.againTitle'), verb: t('outbox.again'), body: [h('p', one.state === 'unknown' ? t('outbox.againDoubt') : t('outbox.againText')), h('p', foreign(one.detail ?? ''))],
    run: async ({ key }) => {
      await post(path('/notices/{}/sendings', one.id), undefined, { key });
      toast(t('outbox.waits'));
      page.reload();
    },
  });
}
