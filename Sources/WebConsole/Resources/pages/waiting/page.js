// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What waits: one group at a time, which begins with what it waits for, who acts, and what happens by itself.

import { fragment, h, replace } from '../../app/dom.js';
import { countOf } from '../../app/format.js';
import { t, word } from '../../app/i18n.js';
import { list } from '../../components/list.js';
import { choice } from './actions.js';
import { columns, groups } from './view.js';

export async function open(page) {
  page.title(t('waiting.title'));
  const name = groups.find((one) => one.name === page.query.get('group'))?.name ?? groups[0].name;
  const group = groups.find((one) => one.name === name);
  page.command(`certway order list ${group.line}`);
  const tabs = h('nav.presets', { 'aria-label': t('waiting.groups') });
  const place = h('div');
  drawTabs({});
  const inner = Object.create(page, {
    show: { value: (...nodes) => { replace(place, ...nodes); if (!tabs.isConnected) page.show(fragment(tabs, place)); } },
  });
  const counts = page.get('/overview', { quiet: true }).then((overview) => drawTabs(overview.waiting ?? {}), () => {});
  await list({
    page: inner, path: '/orders', caption: word('group', name), query: group.query, sort: 'updatedAt',
    columns: columns(group), rowKey: (one) => one.reference, href: (one) => `/console/orders/${encodeURIComponent(one.reference)}`,
    filters: [{ name: 'template', label: t('column.template'), kind: 'text' }, { name: 'backendCA', label: t('column.backendCA'), kind: 'text' }, { name: 'text', label: t('filter.text'), kind: 'text' }],
    topics: ['orders'], choice: choice(page, group), nothing: { title: word('group.none', name), text: t('waiting.noneText') },
    above: h('p.note', word('group.text', name)),
    ignored: ['group'],
  });
  await counts;

  function drawTabs(numbers) {
    replace(tabs, groups.map((one) => h('a.button.tab', {
      href: `/console/waiting?group=${one.name}`, 'aria-current': one.name === name ? 'page' : null,
    }, word('group', one.name), numbers[one.name] != null && h('span.counter', countOf({ count: numbers[one.name], exact: true })))));
  }
}
