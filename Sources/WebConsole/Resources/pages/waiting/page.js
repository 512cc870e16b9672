// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What waits: one group at a time, which begins with what it waits for, who acts, and what happens by itself.

import { call } from '../../app/api.js';
import { fragment, h, replace } from '../../app/dom.js';
import { countOf } from '../../app/format.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { list } from '../../components/list.js';
import { within } from '../../components/part.js';
import { namesOf } from '../certificates/view.js';
import { choice } from './actions.js';
import { columns, groups, orderLink, queryOf } from './view.js';

export async function open(page) {
  page.title(t('waiting.title'));
  const asked = page.query.get('group');
  const numbers = new Map();
  const counted = page.get('/waiting', { quiet: !asked }).then(({ items }) => items.forEach((one) => numbers.set(one.waitingFor, { count: one.count, exact: true })), () => {});
  // Without a group in the address the first opens where who reads it is asked for something, else the first that has something.
  if (!asked) await counted;
  const has = (one) => numbers.get(one.name)?.count > 0;
  const group = groups.find((one) => one.name === asked) ?? groups.find((one) => may(one.needs ?? 'nobody') && has(one)) ?? groups.find(has) ?? groups[0];
  page.command(group.query ? 'certway order list --stage failed' : `certway order waiting --for ${group.name}`);
  const tabs = h('nav.presets', { 'aria-label': t('waiting.groups') });
  const place = h('div');
  drawTabs();
  counted.then(drawTabs);
  for (const one of groups.filter((each) => each.query)) {
    call('GET', '/orders', { query: { ...one.query, limit: 1, fields: 'reference' }, signal: page.signal })
      .then(({ data }) => { numbers.set(one.name, data.matches); drawTabs(); }, () => {});
  }
  page.show(fragment(tabs, place));
  await list({
    page: within(page, place), path: '/orders', caption: word('group', group.name), query: queryOf(group), own: ['group'], sort: 'updatedAt',
    columns: columns(group.main), rowKey: (one) => one.reference, href: orderLink,
    filters: [
      { name: 'text', label: t('orders.search'), kind: 'search' },
      { name: 'template', label: t('column.template'), kind: 'one', options: namesOf('/templates', page) },
      { name: 'backendCA', label: t('column.backendCA'), kind: 'one', options: namesOf('/backend-cas', page) },
    ],
    topics: ['orders'], choice: choice(page, group), nothing: { title: word('group.none', group.name), text: t('waiting.noneText') },
    above: h('p.note', word('group.text', group.name)),
  });

  function drawTabs() {
    replace(tabs, groups.map((one) => h('a.button.tab', {
      href: `/console/waiting?group=${one.name}`, 'aria-current': one === group ? 'page' : null,
    }, word('group', one.name), numbers.has(one.name) && h('span.counter', countOf(numbers.get(one.name))))));
  }
}
