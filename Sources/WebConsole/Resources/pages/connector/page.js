// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One connector: its settings, its products, and what it can do or what to do instead.

import { path } from '../../app/api.js';
import { foreign, fragment, h } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { abilities } from '../../components/abilities.js';
import { facts, panel } from '../../components/facts.js';
import { skeleton } from '../../components/loading.js';
import { nowhere } from '../../components/problem.js';
import { said } from '../../components/said.js';

export async function open(page) {
  const { name } = page.parameters;
  page.title(name, { crumbs: [{ label: t('connectors.title'), href: '/console/connectors' }] });
  page.command(`certway connector show '${name.replace(/'/g, "'\\''")}'`);
  page.show(skeleton());
  await page.load(path('/connectors/{}', name), {
    gone: () => nowhere(name),
    draw: (one) => fragment(
      panel(null, facts([
        [t('connectors.name'), foreign(one.title ?? '')], [t('connectors.from'), h('code', foreign(one.file ?? ''))],
        ...Object.entries(one.environments ?? {}).map(([key, value]) => [key, foreign(value)]),
        [t('backendCAs.products'), foreign((one.products ?? []).join(', '), t('text.all'))],
      ])),
      panel(t('backendCAs.abilities'), abilities([...(one.abilities ?? []).map((ability) => ({ name: ability, state: 'declared' })),
        ...Object.entries(one.missing ?? {}).map(([ability, instead]) => ({ name: ability, state: 'no', instead }))])),
      panel(t('connectors.settings'), h('div.scroll', { role: 'region', tabindex: '0', 'aria-label': t('connectors.settings') }, h('table.data', h('caption.unseen', t('connectors.settings')),
        h('tbody', (one.settings ?? []).map((setting) => h('tr', h('th', { scope: 'row' }, h('code', foreign(setting.key))),
          h('td', foreign(setting.title ?? ''), setting.required !== false && h('span', { title: t('form.required') }, ' *')),
          h('td', said(setting.help ?? '', t('text.all')))))))))),
  });
}
