// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A tab that was opened to sign in again: the other one goes on by itself, for reading the session has told it.

import { h } from '../../app/dom.js';
import { t } from '../../app/i18n.js';

export async function open(page) {
  page.title(t('signin.doneTitle'));
  page.show(h('p', t('signin.done')));
}
