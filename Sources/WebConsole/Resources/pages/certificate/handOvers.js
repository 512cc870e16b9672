// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Files with this certificate and its key for devices that nobody manages: offered here, fetched by the person alone.

import { get, path, post } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { copy } from '../../components/copy.js';
import { act, dialog } from '../../components/dialog.js';
import { keyTable } from '../../components/keys.js';
import { later } from '../../components/later.js';
import { pill } from '../../components/pill.js';
import { table } from '../../components/table.js';
import { ago, moment } from '../../components/time.js';
import { toast } from '../../components/toast.js';
import { devices, forEachDevice, toDo } from '../../components/tap.js';
import { because, causeField } from './actions.js';

const looks = { open: ['●', 'wait'], fetched: ['✓', 'good'], expired: ['○', 'neutral'], withdrawn: ['○', 'neutral'], mailed: ['○', 'neutral'], locked: ['▲', 'bad'] };

/// On whose devices the key is.
export const holders = (page, certificate) => later(page, t('keys.holders'), async () => {
  const { keys } = await get(path('/certificates/{}/holders', certificate.number), { signal: page.signal });
  return keys.length ? keyTable(keys, { caption: t('keys.holders'), isByPerson: true }) : h('p.muted', t('keys.noHolders'));
}).element;

export const handOvers = (page, certificate) => later(page, t('handOver.title'), async (reload) => {
  const { items } = await get(path('/certificates/{}/hand-overs', certificate.number), { signal: page.signal });
  const view = table({
    caption: t('handOver.title'), isBound: false, rowKey: (one) => one.id,
    columns: [
      { title: t('column.status'), cell: (one) => h('span', pill(one.state, { look: looks[one.state], text: word('handOver.state', one.state) }),
        one.wrongAttempts > 0 && h('span.sub', t('handOver.wrong', { count: one.wrongAttempts })),
        one.mails.map((mail) => h('span.sub', t(mail.event === 'handOverFile' ? 'handOver.mailFile' : 'handOver.mailPassword', { state: word('notices', mail.state) })))) },
      { title: t('handOver.device'), cell: (one) => word('device', one.hints?.device) },
      { title: t('handOver.by'), cell: (one) => h('span', foreign(one.offeredBy), h('span.sub', moment(one.offeredAt))) },
      { title: t('handOver.until'), cell: (one) => (one.endedAt ? h('span', ago(one.endedAt), h('span.sub', foreign(one.endedBy ?? ''))) : ago(one.expiresAt)) },
      { title: '', className: 'end', cell: (one) => (one.state === 'open' || one.mails.some((mail) => mail.state === 'waiting')) && may('redeliver') && h('button', { type: 'button', on: { click: () => withdraw(one, reload) } }, t('handOver.withdrawMore')) },
    ],
  });
  view.set(items);
  return [h('p', t('handOver.text')),
    may('redeliver') && h('div.actions', h('button', { type: 'button', 'data-action': 'handOver', on: { click: () => offer(certificate, reload) } }, t('handOver.offerMore')),
      h('button', { type: 'button', 'data-action': 'handOverMail', on: { click: () => mail(certificate, reload) } }, t('handOver.mailMore'))),
    items.length ? view.element : h('p.muted', t('handOver.none')),
    h('details', h('summary', t('handOver.steps')), forEachDevice())];
}).element;

const deviceField = () => h('label.field', h('span', t('handOver.device')), h('select', { name: 'device' }, devices.map((one) => h('option', { value: one }, word('device', one)))));

function offer(certificate, reload) {
  act({
    title: t('handOver.offerTitle', { who: certificate.userPrincipalName }), verb: t('handOver.offer'),
    body: [h('p', t('handOver.offerText')), deviceField()],
    run: async ({ key, form }) => {
      const device = form.elements.device.value;
      const made = await post(path('/certificates/{}/hand-overs', certificate.number), { device }, { key });
      reload();
      dialog({ title: t('handOver.made'), cancel: t('button.close'), body: [h('p', t('handOver.madeText')), h('p', copy(made.link)), toDo(device)] });
    },
  });
}

/// Off unless the configuration names the mailbox for passwords; then the gateway says so.
function mail(certificate, reload) {
  act({
    title: t('handOver.mailTitle', { who: certificate.userPrincipalName }), verb: t('handOver.mail'), danger: true,
    body: [h('p', t('handOver.mailText')), deviceField()],
    run: async ({ key, form }) => {
      const made = await post(path('/certificates/{}/hand-over-mails', certificate.number), { device: form.elements.device.value }, { key });
      const { to, passwordTo } = made.package.hints;
      toast(t('handOver.mailed', { to, passwordTo }));
      reload();
    },
  });
}

function withdraw(one, reload) {
  act({
    title: t('handOver.withdrawTitle'), verb: t('handOver.withdraw'), danger: true, body: [h('p', t('handOver.withdrawText')), causeField()],
    run: async ({ key, form }) => {
      await post(path('/hand-overs/{}/withdrawals', one.id), because(form), { key });
      toast(t('handOver.withdrawn'));
      reload();
    },
  });
}
