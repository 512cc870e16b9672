// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Programs that are told: where, of what, and what was delivered last.

import { call, get, path, put } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { act } from '../../components/dialog.js';
import { schemaForm } from '../../components/form.js';
import { list } from '../../components/list.js';
import { ago } from '../../components/time.js';
import { toast } from '../../components/toast.js';
import { statePill } from './outbox.js';

export async function webhooks(page, place) {
  page.command('certway export');
  const reload = () => place.reload();
  await list({
    page: place, path: '/webhooks', rowKey: (one) => one.name, caption: word('notifications.part', 'webhooks'), own: ['part'],
    tools: may('configure') && h('button', { type: 'button', on: { click: () => edit(null, reload) } }, t('webhooks.add')),
    columns: [
      { title: t('webhooks.one'), cell: (one) => h('span', foreign(one.name), h('span.sub', foreign(one.url))) },
      { title: t('webhooks.events'), cell: (one) => (one.events ? one.events.map((event) => h('div', word('notice', event))) : t('webhooks.all')) },
      { title: t('webhooks.last'), cell: (one) => last(one) },
      { title: t('webhooks.waiting'), cell: (one) => one.waiting, className: 'end' },
      { title: '', className: 'end', cell: (one) => h('span.actions', h('a.button', { href: `/console/notifications?part=outbox&webhook=${encodeURIComponent(one.name)}` }, t('webhooks.deliveries')),
        may('configure') && h('button', { type: 'button', on: { click: () => edit(one, reload) } }, t('webhooks.edit')),
        may('configure') && h('button', { type: 'button', on: { click: () => drop(one, reload) } }, t('webhooks.removeMore'))) },
    ],
    nothing: { title: t('webhooks.none'), text: t('webhooks.noneText') },
  });
}

const last = (one) => (one.last ? h('span', statePill(one.last), ' ', ago(one.last.changedAt), h('span.sub', word('notice', one.last.event)),
  one.last.detail && h('span.sub', foreign(one.last.detail, t('text.all'), 120))) : t('webhooks.never'));

/// The version of the configuration that a change is about.
export const version = async () => (await call('GET', '/configuration')).etag;

async function edit(one, reload) {
  const { items } = await get('/notifications', { query: { limit: 100, fields: 'event' } });
  const own = schemaForm([
    { name: 'url', kind: 'text', title: t('webhooks.url'), help: t('webhooks.urlHelp'), required: true },
    { name: 'secret', kind: 'secret', title: t('webhooks.secret'), help: t('webhooks.secretHelp'), required: true },
    { name: 'tlsRoots', kind: 'file', title: t('webhooks.roots') },
  ], one ?? {});
  const name = h('input', { name: 'name', required: true, maxlength: 60, value: one?.name ?? '', readonly: one != null, autocomplete: 'off', spellcheck: 'false' });
  const checks = items.map(({ event }) => h('label.check', h('input', { type: 'checkbox', name: 'event', value: event, checked: one?.events?.includes(event) ?? false }), ' ', word('notice', event)));
  act({
    title: one ? t('webhooks.editTitle', { name: one.name }) : t('webhooks.add'), verb: t('webhooks.store'), isWide: true,
    body: [h('label.field', h('span', t('webhooks.one')), name), own.element, h('fieldset', h('legend', t('webhooks.events')), h('p.muted', t('webhooks.allHelp')), h('div.row', checks))],
    run: async ({ key, form: typed }) => {
      const events = [...typed.querySelectorAll('input[name=event]:checked')].map((input) => input.value);
      await put(path('/webhooks/{}', name.value.trim()), { ...own.values(), ...(events.length ? { events } : {}) }, { key, ifMatch: await version() });
      toast(t('webhooks.stored'));
      reload();
    },
  });
}

function drop(one, reload) {
  act({
    title: t('webhooks.removeTitle', { name: one.name }), verb: t('webhooks.remove'), danger: true, body: h('p', t('webhooks.removeText')),
    run: async ({ key }) => {
      await call('DELETE', path('/webhooks/{}', one.name), { key, ifMatch: await version() });
      toast(t('webhooks.removed'));
      reload();
    },
  });
}
