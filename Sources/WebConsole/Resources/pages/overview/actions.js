// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What the overview can start.

import { path, post } from '../../app/api.js';
import { t } from '../../app/i18n.js';
import { complain, toast } from '../../components/toast.js';

/// Asks for recurring work now; what runs already is not doubled.
export async function runNow(job, reload) {
  try {
    await post(path('/jobs/{}/runs', job));
    toast(t('overview.started'));
  } catch (problem) {
    complain(problem);
  }
  reload();
}
