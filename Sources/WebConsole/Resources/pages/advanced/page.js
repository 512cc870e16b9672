// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Jobs, settings, nodes and tokens: what an administrator looks up seldom.

import { fragment, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { list } from '../../components/list.js';
import { within } from '../../components/part.js';
import { parts } from './view.js';

export async function open(page) {
  const shown = parts.filter((one) => may(one.permission));
  const part = shown.find((one) => one.name === page.query.get('part')) ?? shown[0];
  page.title(t('advanced.title'));
  page.command(part.line);
  const place = h('div');
  page.show(fragment(h('nav.presets', { 'aria-label': t('advanced.parts') }, shown.map((one) => h('a.button.tab', {
    href: `/console/advanced?part=${one.name}`, 'aria-current': one === part ? 'page' : null }, word('advanced.part', one.name)))), place));
  const { path, rowKey, columns, tools } = part;
  await list({
    page: within(page, place), path, rowKey, columns: columns(page), caption: word('advanced.part', part.name), tools: tools?.(page), own: ['part'],
    topics: part.topics ?? [], nothing: { title: word('advanced.none', part.name) },
  });
}
