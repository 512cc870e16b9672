// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What this is, its API, its manual.

import { fragment, h } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { facts, panel } from '../../components/facts.js';
import { skeleton } from '../../components/loading.js';

export async function open(page) {
  page.title(t('about.title'));
  page.command('certway --version');
  page.show(skeleton(3));
  await page.load('/openapi.json', {
    draw: (document) => fragment(
      panel(null, h('p', t('about.text')), facts([
        [t('about.version'), document.info?.version],
        [t('about.operations'), String(Object.values(document.paths ?? {}).reduce((sum, one) => sum + Object.keys(one).length, 0))],
        [t('about.document'), h('a', { href: '/api/v1/openapi.json' }, '/api/v1/openapi.json')],
        [t('about.licence'), 'Apache-2.0'],
      ])),
      panel(t('about.manual'), h('p', t('about.manualText')), h('p', h('a.button', { href: '/manual' }, t('about.openManual'))))),
  });
}
