// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The plan: what the gateway is about to do and why, and the consent to it where it needs one.

import { fragment, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { list } from '../../components/list.js';
import { skeleton } from '../../components/loading.js';
import { within } from '../../components/part.js';
import { namesOf } from '../certificates/view.js';
import { consent } from './actions.js';
import { columns, counts, spending, why } from './view.js';

const actions = ['order', 'renew', 'replace', 'revokeReplaced', 'revokeOlder', 'revoke', 'retire', 'cancel'];

export async function open(page) {
  page.title(t('plans.title'));
  page.command('certway plan');
  const head = h('div.stack', skeleton(3));
  const place = h('div');
  page.show(fragment(head, place));
  await page.load('/plan', {
    topics: ['overview'], into: head,
    draw: (plan) => {
      page.paper.set(t('plans.fingerprint'), () => plan.fingerprint);
      page.frame.counter('plans', plan.waitsForConsent ? 1 : 0);
      return fragment(why(plan), consent(plan, () => page.reload()), counts(plan), spending(plan));
    },
  });
  await list({
    page: within(page, place), path: '/plan/items', caption: t('plans.items'), columns: columns(),
    rowKey: (one) => `${one.template} ${one.id}`, href: (one) => `/console/people/${encodeURIComponent(one.userPrincipalName)}`,
    filters: [
      { name: 'action', label: t('plans.change'), options: actions.map((value) => ({ value, label: word('planned', value) })) },
      { name: 'template', label: t('column.template'), kind: 'one', options: namesOf('/templates', page) },
    ],
    nothing: { title: t('plans.none'), text: t('plans.noneText') },
  });
}
