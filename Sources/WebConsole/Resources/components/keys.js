// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Keys that are with people, or are to be: whose they are, why, and whether they are there.

import { path } from '../app/api.js';
import { foreign, h } from '../app/dom.js';
import { n, t, word } from '../app/i18n.js';
import { pill } from './pill.js';
import { table } from './table.js';
import { ago, day } from './time.js';

const looks = { delivered: ['✓', 'good'], delivering: ['●', 'wait'], missing: ['▲', 'bad'], outdated: ['▲', 'wait'], elsewhere: ['○', 'neutral'], withdrawing: ['●', 'wait'], withdrawn: ['○', 'neutral'] };

/// How many are to be on devices and are not.
export const gapsOf = (keys) => keys.filter((one) => one.wanted && one.state !== 'delivered').length;

const state = (one) => h('span', pill(one.state, { look: looks[one.state], text: word('key', one.state) }), (one.problem || one.remark) && h('span.sub', foreign(one.problem || one.remark, t('text.all'), 160)),
  one.nextActionAt && h('span.sub', t('keys.next'), ' ', ago(one.nextActionAt)));
const reason = (one) => (one.mailbox ? h('span', t('keys.ofMailbox'), ' ', h('a', { href: path('/console/mailboxes/{}', one.mailbox) }, foreign(one.mailbox))) : t('keys.own'));

/// - Parameters:
///   - keys: as the API has them.
///   - isByPerson: whether rows name the people who have a key, and not whose key it is.
export function keyTable(keys, { caption, isByPerson = false } = {}) {
  const view = table({
    caption, isBound: false, rowKey: (one) => `${one.serialNumber} ${one.personID}`,
    columns: [
      isByPerson && { title: t('column.person'), cell: (one) => h('a', { href: path('/console/people/{}', one.userPrincipalName) }, foreign(one.userPrincipalName)) },
      { title: t('column.status'), cell: state },
      { title: t('column.certificate'), cell: (one) => h('span', h('a', { href: path('/console/go/{}', one.serialNumber) }, h('code', foreign(one.serialNumber.slice(0, 16)))), h('span.sub', foreign(one.template))) },
      !isByPerson && { title: t('column.why'), cell: reason },
      { title: t('keys.period'), cell: (one) => h('span', day(one.notBefore), ' – ', day(one.notAfter)) },
      { title: t('keys.delivered'), cell: (one) => (one.deliveredAt ? ago(one.deliveredAt) : t('lamp.notYet')) },
    ].filter(Boolean),
  });
  view.set(keys);
  return view.element;
}

/// One sentence: all there, or how many are not.
export const gapNote = (keys) => (gapsOf(keys) > 0
  ? h('div.note.wait', h('span', { 'aria-hidden': 'true' }, '▲ '), n('keys.gaps', gapsOf(keys)))
  : h('p.muted', h('span', { 'aria-hidden': 'true' }, '✓ '), t('keys.complete')));
