// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The steps that are looked at: permissions, the first plan, the first certificate.

import { get } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { n, t, word } from '../../app/i18n.js';
import { operation } from '../../components/operation.js';
import { pill } from '../../components/pill.js';
import { sentences } from '../../components/said.js';
import { testedStep } from '../../components/testedStep.js';
import { ago } from '../../components/time.js';
import { consent } from '../plans/actions.js';

const looks = { ok: ['✓', 'good'], warning: ['▲', 'wait'], failed: ['✗', 'bad'], note: ['○', 'neutral'] };
const ofTenant = /^(token for |changes of |group |members of |tenant|Intune)/;

/// Looks at everything the gateway depends on, and shows what concerns the tenant.
export const permissionStep = (page, next) => testedStep({
  testVerb: t('services.checkAll'), verb: t('setup.next.verb'), store: async () => next(),
  test: async () => {
    const found = await operation('/service-checks', undefined, { signal: page.signal });
    const findings = (found?.findings ?? []).filter((one) => ofTenant.test(one.subject));
    return { isGood: findings.length > 0 && !findings.some((one) => one.verdict === 'failed' && one.subject !== 'Intune'),
      nodes: h('ul.needs', findings.map((one) => h('li', { 'data-key': one.subject }, h('span.text', foreign(one.subject), ': ', foreign(one.text, t('text.all'))),
        pill(one.verdict, { look: looks[one.verdict] })))) };
  },
});

/// What the first pass orders, and the consent where it needs one.
export async function planStep(page, reload) {
  const plan = await get('/plan', { signal: page.signal });
  return h('div.stack', h('p', h('strong', n('plans.orders', plan.orders ?? 0))), sentences([...(plan.overLimits ?? []), ...(plan.problems ?? [])]),
    consent(plan, reload), h('p', h('a.button', { href: '/console/plan' }, t('setup.open.plan'))));
}

/// The orders of the first pass on their way, live.
export async function firstStep(page) {
  const { items } = await get('/orders', { query: { limit: 10, sort: '-updatedAt' }, signal: page.signal });
  return h('div.stack', items.length ? h('ul.needs', items.map((one) => h('li', { 'data-key': one.reference },
    h('span.text', h('a', { href: `/console/orders/${one.reference}` }, foreign(one.userPrincipalName))),
    h('span.muted', ago(one.updatedAt)), pill(one.stage, { text: word('stage', one.stage) })))) : h('p.muted', t('setup.nothingYet')),
  h('p', h('a.button.primary', { href: '/console/certificates' }, t('setup.open.first'))));
}
