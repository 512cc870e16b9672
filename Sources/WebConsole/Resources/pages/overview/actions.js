// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What the overview can start.

import { post } from '../../app/api.js';
import { t } from '../../app/i18n.js';
import { toast } from '../../components/toast.js';

/// Asks for a pass now; one that runs already is not doubled.
export async function runNow(reload) {
  try {
    await post('/jobs/pass/runs', {}, { key: `pass-${Math.floor(Date.now() / 5000)}` });
    toast(t('overview.started'));
  } catch (problem) {
    toast([problem.message, problem.nextStep].filter(Boolean).join(' '), { tone: 'bad' });
  }
  reload();
}
