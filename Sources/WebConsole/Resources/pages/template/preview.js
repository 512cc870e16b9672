// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The names that a template makes, for real people.

import { post } from '../../app/api.js';
import { foreign, h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { panel } from '../../components/facts.js';
import { working } from '../../components/loading.js';
import { pill } from '../../components/pill.js';
import { problemLine } from '../../components/problem.js';

export function preview(template) {
  const place = h('div');
  const field = h('input', { name: 'person', type: 'text', spellcheck: 'false', autocomplete: 'off', placeholder: 'ada@example.org' });
  const show = async () => {
    try {
      const body = { template: template.name, limit: 5 };
      if (field.value.trim()) body.people = [field.value.trim()];
      const answer = await working(post('/template-previews', body));
      replace(place, rows(answer.items ?? answer.previews ?? answer));
    } catch (problem) {
      replace(place, problemLine(problem));
    }
  };
  return panel(t('preview.title'), h('form.row', { on: { submit: (event) => { event.preventDefault(); show(); } } },
    h('label.field', h('span', t('preview.person')), field), h('button', { type: 'submit' }, t('preview.show'))), place);
}

const rows = (items) => (items.length === 0 ? h('p.muted', t('preview.nobody')) : h('div.scroll', h('table.data', h('caption.unseen', t('preview.title')),
  h('thead', h('tr', [t('column.person'), t('preview.names'), t('column.status')].map((title) => h('th', { scope: 'col' }, title)))),
  h('tbody', items.map((one) => h('tr',
    h('td', { 'data-label': t('column.person') }, foreign(one.userPrincipalName)),
    h('td', { 'data-label': t('preview.names') }, Object.entries(one.names ?? {}).map(([key, content]) =>
      h('div', h('span.muted', `${key}: `), foreign([content].flat().join(', '))))),
    h('td', { 'data-label': t('column.status') }, pill(one.obstacle ? 'no' : 'yes', { text: one.obstacle ? t('preview.no') : t('preview.yes') }),
      [one.obstacle, ...(one.remarks ?? [])].filter(Boolean).map((text) => h('span.sub', foreign(text))))))))));
