// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What waits: one group at a time, which begins with what it waits for, who acts, and what happens by itself.

import { fragment, h, replace } from '../../app/dom.js';
import { number } from '../../app/format.js';
import { t, word } from '../../app/i18n.js';
import { list } from '../../components/list.js';
import { namesOf } from '../certificates/view.js';
import { choice } from './actions.js';
import { columns, groups, orderLink, queryOf } from './view.js';

export async function open(page) {
  page.title(t('waiting.title'));
  const asked = page.query.get('group');
  const counted = page.get('/waiting', { quiet: !asked }).then(({ items }) => new Map(items.map((one) => [one.waitingFor, one.count])), () => new Map());
  // Without a group in the address the first opens that has something.
  const counts = asked ? null : await counted;
  const group = groups.find((one) => one.name === asked) ?? groups.find((one) => counts?.get(one.name) > 0) ?? groups[0];
  page.command(group.query ? 'certway order list --stage failed' : `certway order waiting --for ${group.name}`);
  const tabs = h('nav.presets', { 'aria-label': t('waiting.groups') });
  const place = h('div');
  drawTabs(counts ?? new Map());
  counted.then(drawTabs);
  page.show(fragment(tabs, place));
  const inner = Object.create(page, { show: { value: (...nodes) => replace(place, ...nodes) } });
  await list({
    page: inner, path: '/orders', caption: word('group', group.name), query: queryOf(group), own: ['group'], sort: 'updatedAt',
    columns: columns(group.main), rowKey: (one) => one.reference, href: orderLink,
    filters: [
      { name: 'text', label: t('orders.search'), kind: 'search' },
      { name: 'template', label: t('column.template'), kind: 'one', options: namesOf('/templates', page) },
      { name: 'backendCA', label: t('column.backendCA'), kind: 'one', options: namesOf('/backend-cas', page) },
    ],
    topics: ['orders'], choice: choice(page, group), nothing: { title: word('group.none', group.name), text: t('waiting.noneText') },
    above: h('p.note', word('group.text', group.name)),
  });

  function drawTabs(numbers) {
    replace(tabs, groups.map((one) => h('a.button.tab', {
      href: `/console/waiting?group=${one.name}`, 'aria-current': one === group ? 'page' : null,
    }, word('group', one.name), numbers.get(one.name) > 0 && h('span.counter', number(numbers.get(one.name))))));
  }
}
