// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Whose keys I hold and why: those of shared mailboxes, and earlier ones of my own.

import { get } from '../../app/api.js';
import { foreign, h, replace } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { day } from '../../components/time.js';

/// Drawn when it is there: what stands above need not wait for it.
export function ownKeys(signal) {
  const place = h('div');
  get('/my/keys', { signal }).then(({ keys }) => {
    const shown = keys.filter((one) => one.wanted || one.state === 'withdrawing');
    if (shown.length) replace(place, h('section.stack', h('h2', t('my.keys')), h('p', t('my.keysText')), h('ul.plain', shown.map(line))));
  }, () => {});
  return place;
}

const line = (one) => h('li', one.mailbox ? h('span', t('my.keyOfMailbox'), ' ', h('strong', foreign(one.mailbox))) : t('my.keyEarlier'),
  ', ', day(one.notBefore), ' – ', day(one.notAfter), ': ', word('my.key', one.state));
