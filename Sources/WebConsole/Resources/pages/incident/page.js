// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One incident: how far it is, whether the pace is enough, who must click, what failed.

import { path } from '../../app/api.js';
import { fragment } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { skeleton } from '../../components/loading.js';
import { nowhere } from '../../components/problem.js';
import { controls } from './actions.js';
import { events, figures, people } from './view.js';

export async function open(page) {
  const { name } = page.parameters;
  page.title(name, { crumbs: [{ label: t('incidents.title'), href: '/console/incidents' }] });
  page.command(`certway incident show '${name.replace(/'/g, "'\\''")}'`);
  page.show(skeleton());
  await page.load(path('/incidents/{}', name), {
    topics: ['orders', `replacement:${name}`], gone: () => nowhere(name),
    draw: (one) => fragment(figures(one), controls(one, () => page.reload()), people(one), events(one)),
  });
}
