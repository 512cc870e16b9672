// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What needs somebody now, whether we can issue, what the weeks look like.

import { fragment, h } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { skeleton } from '../../components/loading.js';
import { issuing, lastPass, needs, weeks } from './view.js';

export async function open(page) {
  page.title(t('overview.title'));
  page.command('certway doctor');
  page.show(skeleton());
  await page.load('/overview', {
    topics: ['overview'],
    draw: (overview) => {
      page.title(t('overview.title'), { count: overview.needsYou?.length || undefined });
      return fragment(needs(overview),
        h('div.columns', issuing(overview), lastPass(overview, () => page.reload())),
        weeks(overview));
    },
  });
}
