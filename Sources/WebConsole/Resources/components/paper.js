// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What paper needs beside the page: who printed it and when, what of, and by what it can be checked.

import { h } from '../app/dom.js';
import { exact } from '../app/format.js';
import { t } from '../app/i18n.js';
import { current } from '../app/session.js';

/// - Parameter shown: gives the page that is open.
export function startPaper(shown) {
  let head = null;
  addEventListener('beforeprint', () => {
    const page = shown();
    if (!page) return;
    const facts = [
      [t('paper.by'), current()?.name], [t('paper.at'), `${exact(new Date())} (${new Date().toISOString()})`], [t('paper.of'), location.href],
      ...[...page.paper].map(([label, read]) => [label, read()]),
    ];
    head = h('dl.printed', facts.filter(([, text]) => text).map(([label, text]) => h('div', h('dt', label), h('dd', text))));
    page.frame.main.before(head);
  });
  addEventListener('afterprint', () => head?.remove());
}
