// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One backend CA: what it can do, who uses it, what may be ordered there, and a test.

import { path } from '../../app/api.js';
import { foreign, fragment, h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { abilities } from '../../components/abilities.js';
import { facts, panel } from '../../components/facts.js';
import { skeleton } from '../../components/loading.js';
import { nowhere } from '../../components/problem.js';
import { state } from '../backendCAs/page.js';
import { buttons, resume } from './actions.js';
import { said } from '../../components/said.js';

const all = ['poll', 'revoke', 'renew', 'listProducts', 'inventory', 'findByReference', 'cancel', 'validationState', 'resendValidation'];

export async function open(page) {
  const { name } = page.parameters;
  page.title(name, { crumbs: [{ label: t('backendCAs.title'), href: '/console/backend-cas' }] });
  page.command(`certway ca check '${name.replace(/'/g, "'\\''")}'`);
  page.show(skeleton());
  await page.load(path('/backend-cas/{}', name), {
    gone: () => nowhere(name),
    draw: (one) => {
      const found = h('div', { role: 'status' });
      const able = h('div', skeleton(3));
      readConnector(one, able);
      resume(found, page);
      return fragment(
        h('div.summary', state(one), h('span', foreign(one.connector)), one.environment && h('span', foreign(one.environment))),
        one.alarm && h('p.note.wait', said(one.alarm)),
        one.state !== 'configured' && h('p.note.wait', said(one.state)),
        buttons(one, found, page), found,
        panel(t('backendCAs.usedBy'), facts((one.usedBy ?? []).map((template) =>
          [t('column.template'), h('a', { href: `/console/templates/${encodeURIComponent(template)}` }, foreign(template))])),
        !one.usedBy?.length && h('p.muted', t('backendCAs.nobody'))),
        panel(t('backendCAs.abilities'), able));
    },
  });

  /// Why something is not possible, and what instead, stands in the profile.
  async function readConnector(one, place) {
    let missing = {};
    if (may('readConnectors')) {
      try { missing = (await page.get(path('/connectors/{}', one.connector), { quiet: true })).missing ?? {}; } catch { missing = {}; }
    }
    if (!page.signal.aborted) {
      replace(place, abilities(all.map((ability) => ({ name: ability, state: one.abilities?.includes(ability) ? 'declared' : 'no', instead: missing[ability] }))));
    }
  }
}
