// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Whose keys somebody holds and why, and the way to have them all delivered again.

import { path, post } from '../../app/api.js';
import { h } from '../../app/dom.js';
import { n, t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { act } from '../../components/dialog.js';
import { panel } from '../../components/facts.js';
import { gapNote, keyTable } from '../../components/keys.js';
import { toast } from '../../components/toast.js';

/// Nothing where nobody has asked for keys beside the certificate in use.
export function keysOf(person, reload) {
  const keys = person.keys ?? [];
  if (!keys.length) return null;
  return panel(t('keys.title'), gapNote(keys), keyTable(keys, { caption: t('keys.title') }),
    may('redeliver') && h('div.actions', h('button', { type: 'button', 'data-action': 'redeliver', on: { click: () => refill(person, keys, reload) } }, t('keys.refillMore'))));
}

function refill(person, keys, reload) {
  const count = keys.filter((one) => one.wanted).length;
  act({
    title: t('keys.refillTitle', { who: person.displayName ?? person.userPrincipalName }), verb: n('keys.refill', count),
    body: h('p', t('keys.refillText')),
    run: async ({ key }) => {
      await post(path('/people/{}/key-deliveries', person.userPrincipalName), undefined, { key });
      toast(t('keys.refilled'));
      reload();
    },
  });
}
