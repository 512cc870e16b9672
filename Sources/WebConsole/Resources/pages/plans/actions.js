// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Consent to a plan, or no to it. What is agreed to is what was shown: the fingerprint goes along.

import { post } from '../../app/api.js';
import { h } from '../../app/dom.js';
import { number } from '../../app/format.js';
import { n, t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { act } from '../../components/dialog.js';
import { toast } from '../../components/toast.js';
import { typedCount } from '../../components/typed.js';

export function consent(plan, reload) {
  if (!plan.waitsForConsent) return null;
  const of = (name) => (plan.actions ?? []).find((one) => one.name === name) ?? { allowed: may('approvePlan'), reason: t('plans.mayNot') };
  return h('div.actions', { role: 'group', 'aria-label': t('action.group') },
    actionButton({ label: t('plans.denyMore'), key: 'deny', ...of('deny'), run: () => decide(plan, 'deny', reload) }),
    actionButton({ label: t('plans.approveMore'), kind: 'danger', key: 'approve', ...of('approve'), run: () => decide(plan, 'approve', reload) }));
}

function decide(plan, decision, reload) {
  const count = (plan.orders ?? 0) + (plan.endings ?? 0);
  const isApproval = decision === 'approve';
  const typed = typedCount(count);
  act({
    title: isApproval ? n('plans.approveTitle', count) : t('plans.denyTitle'),
    body: isApproval ? [h('p', t('plans.approveText')), typed.element] : h('p', t('plans.denyText')),
    verb: isApproval ? t('plans.approve') : t('plans.deny'), danger: isApproval,
    isReady: () => !isApproval || typed.isRight(),
    run: async ({ key }) => {
      await post('/plan/decisions', { fingerprint: plan.fingerprint, decision, count }, { key });
      toast(isApproval ? t('plans.approved', { orders: number(plan.orders ?? 0), endings: number(plan.endings ?? 0) }) : t('plans.denied'));
      reload();
    },
  });
}
