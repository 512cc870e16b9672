// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a CA can do, one row each, in one word: proved with its date, declared, or no with what to do instead.

import { h } from '../app/dom.js';
import { t, word } from '../app/i18n.js';
import { pill } from './pill.js';
import { said } from './said.js';
import { day } from './time.js';

/// - Parameter rows: `[{name, state: 'proved' | 'declared' | 'no', provedAt, instead}]`.
export const abilities = (rows) =>
  h('div.scroll', h('table.data', h('caption.unseen', t('abilities.title')), h('tbody', rows.map((one) =>
    h('tr', h('th', { scope: 'row' }, word('ability', one.name)),
      h('td', pill(one.state, { text: word('ability.state', one.state) }), ' ', one.provedAt && day(one.provedAt)),
      h('td', one.state === 'no' && one.instead ? [`${t('abilities.instead')} `, said(one.instead)] : ''))))));
