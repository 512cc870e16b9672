// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Connectors: what each CA product speaks, as data, and what it can do.

import { newKey, post } from '../../app/api.js';
import { foreign, fragment, h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { dialog } from '../../components/dialog.js';
import { facts, plain } from '../../components/facts.js';
import { list } from '../../components/list.js';
import { working } from '../../components/loading.js';
import { problemLine } from '../../components/problem.js';

export async function open(page) {
  page.title(t('connectors.title'));
  page.command('certway connector list');
  await list({
    page, caption: t('connectors.title'),
    rowKey: (one) => one.connector, href: (one) => `/console/connectors/${encodeURIComponent(one.connector)}`,
    tools: may('validateConnector') && h('button', { type: 'button', on: { click: validate } }, t('connectors.validateMore')),
    columns: [
      { title: t('connectors.name'), cell: (one) => foreign(one.title ?? one.connector) },
      { title: t('connectors.connector'), cell: (one) => h('code', foreign(one.connector)) },
      { title: t('connectors.module'), cell: (one) => foreign(one.module) },
      { title: t('backendCAs.products'), cell: (one) => foreign((one.products ?? []).join(', '), t('text.all')), className: 'optional' },
    ],
    nothing: { title: t('connectors.none'), text: t('connectors.noneText') },
  });
}

/// A profile from somewhere, looked at without being kept: each fault with its line and key.
function validate() {
  const text = h('textarea', { name: 'profile', rows: 16, spellcheck: 'false', autocomplete: 'off', 'aria-label': t('connectors.file') });
  const result = h('div');
  const check = h('button.primary', { type: 'button', on: { click: async () => {
    try {
      const found = await working(post('/connector-validations', { text: text.value }, { key: newKey() }));
      const faults = found.problems ?? found.faults ?? [];
      replace(result, faults.length ? h('ul.plain', faults.map((one) => h('li', foreign(plain(one)))))
        : fragment(h('p.note', h('span', { 'aria-hidden': 'true' }, '✓ '), t('connectors.good')), facts(Object.entries(found).map(([key, value]) => [key, foreign(plain(value))]))));
    } catch (problem) {
      replace(result, problemLine(problem));
    }
  } } }, t('connectors.validate'));
  dialog({ title: t('connectors.validateMore'), isWide: true, body: [h('label.field', h('span', t('connectors.file')), text), result], buttons: check });
}
