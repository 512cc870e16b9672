// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What an employee sees: whether the certificate works, and answers to what people ask; no word of what is behind it.

import { fragment } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { go } from '../../app/router.js';
import { current } from '../../app/session.js';
import { noteLink, waiting } from './handOver.js';
import { ownKeys } from './keys.js';
import { answer, old, questions } from './view.js';

export async function open(page) {
  page.title(t('my.title'));
  noteLink();
  if (!current()) return go('/signin?return=%2Fmy', { replace: true });
  return page.load('/my/certificates', {
    draw: ({ items }) => {
      const now = items.filter((one) => one.status === 'active');
      return fragment(waiting(() => page.reload()), answer(now), questions(now, () => page.reload()), ownKeys(page.signal), old(items.filter((one) => one.status !== 'active')));
    },
  });
}
