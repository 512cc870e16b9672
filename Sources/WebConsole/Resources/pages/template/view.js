// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How a template looks.

import { foreign, h } from '../../app/dom.js';
import { number } from '../../app/format.js';
import { t, word } from '../../app/i18n.js';
import { facts, panel, plain } from '../../components/facts.js';
import { pill } from '../../components/pill.js';

export const summary = (one) => h('div.summary',
  pill(one.enabled ? 'active' : 'none', { text: one.enabled ? t('templates.on') : t('templates.off') }),
  h('span', t('templates.revision', { number: one.revision ?? 0 })),
  h('a', { href: `/console/people?template=${encodeURIComponent(one.name)}` }, t('templates.people', { count: number(one.people?.members ?? one.people?.all ?? 0) })),
  h('a', { href: `/console/certificates?template=${encodeURIComponent(one.name)}` }, t('templates.certificates')),
  h('a', { href: `/console/backend-cas/${encodeURIComponent(one.backendCA)}` }, foreign(one.backendCA)));

/// As it is stored; what is not there has its default.
export function settings(one) {
  const document = one.document ?? {};
  const known = Object.keys(document).filter((key) => key !== 'name');
  return panel(t('templates.settings'), facts([[t('templates.group'), foreign(one.groupName ?? one.group)],
    ...known.filter((key) => key !== 'group').map((key) => [word('key', key), value(document[key])])]));
}

const value = (content) => (content !== null && typeof content === 'object' && !Array.isArray(content)
  ? facts(Object.entries(content).map(([key, inner]) => [word('key', key), foreign(plain(inner))])) : foreign(plain(content)));
