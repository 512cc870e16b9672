// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The keys, on `?`.

import { h } from '../app/dom.js';
import { t } from '../app/i18n.js';
import { places } from '../app/places.js';
import { may } from '../app/session.js';
import { preference } from '../app/store.js';
import { dialog } from './dialog.js';

export function helpDialog() {
  const row = (keys, text) => h('tr', h('td', keys.split(' ').map((key) => [h('kbd', key), ' '])), h('td', text));
  dialog({
    title: t('help.title'),
    cancel: t('button.close'),
    body: [
      !preference('letters', true) && h('p', t('help.lettersOff')),
      h('table.keys', h('tbody',
        row('/ Ctrl+K', t('help.search')), row('?', t('help.keys')), row('j k', t('help.rows')), row('Enter', t('help.open')),
        row('x', t('help.select')), row('f', t('help.filter')), row('c', t('help.link')), row('Esc', t('help.close')),
        places.filter((place) => place.key && may(place.permission)).map((place) => row(`g ${place.key}`, t(place.nav))))),
      h('p.muted', t('help.where')),
      h('p', h('a', { href: '/manual', target: '_blank' }, t('help.manual'))),
    ],
  });
}
