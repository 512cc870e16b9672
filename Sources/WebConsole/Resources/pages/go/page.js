// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// `/console/go/<anything>`: what a ticket quotes. One hit opens, several are offered.

import { path } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { go } from '../../app/router.js';
import { nowhere } from '../../components/problem.js';

export async function open(page) {
  const { word: quoted } = page.parameters;
  page.title(t('go.title', { word: quoted }));
  await page.load(path('/go/{}', quoted), {
    gone: () => nowhere(quoted),
    draw: (answer) => {
      const hits = Array.isArray(answer) ? answer : (answer.items ?? []);
      if (hits.length === 1) {
        go(hits[0].path, { replace: true });
        return null;
      }
      if (!hits.length) return nowhere(quoted);
      return h('section.panelled', h('h2', t('go.several')), h('ul.needs', hits.map((hit) =>
        h('li', { 'data-key': hit.path }, h('span.muted', word('kind', hit.kind)), h('a.text', { href: hit.path }, foreign(hit.title))))));
    },
  });
}
