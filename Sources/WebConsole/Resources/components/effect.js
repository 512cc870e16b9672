// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a changed configuration does to people, as far as it can be told before it is stored.

import { get } from '../app/api.js';
import { foreign, h } from '../app/dom.js';
import { n, t } from '../app/i18n.js';
import { sentences } from './said.js';

/// - Parameter answer: of a dry run. - Returns: nodes that say whom its templates concern now, and which orders are left behind.
export async function effectOf(answer) {
  const names = (answer.changes ?? []).filter((one) => one.section === 'templates' && one.change !== 'unchanged').map((one) => one.name);
  const known = names.length ? await get('/templates').then(({ items }) => items, () => []) : [];
  return [
    answer.stranded?.length > 0 && h('div.note.wait', h('strong', t('configuration.stranded')), sentences(answer.stranded)),
    names.length > 0 && h('ul.plain', names.map((name) => {
      const people = known.find((one) => one.name === name)?.people;
      return h('li', h('strong', foreign(name)), ' ', people ? n('configuration.people', people.members ?? people.all ?? 0) : t('configuration.newTemplate'));
    })),
    names.length > 0 && h('p.muted', t('configuration.planFollows')),
  ];
}
