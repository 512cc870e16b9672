// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Whether an incident is through in time, in words as well: what waits for people is no matter of the pace, and is said apart.

import { h } from '../app/dom.js';
import { n, t } from '../app/i18n.js';

/// - Parameter clicking: how many people must prove their mailbox first. - Returns: nil where nothing can be foretold.
export function pace({ inTime, neededPerHour, forecast }, clicking) {
  if (inTime == null) return null;
  const ratio = neededPerHour > 0 ? (forecast?.perHour ?? 0) / neededPerHour : Infinity;
  if (inTime === false) return h('p.note.bad', h('span.symbol', { 'aria-hidden': 'true' }, '✗ '), t('incidents.late'));
  // It alarms below what is needed, and warns below 1.2 times of it.
  if (ratio < 1.2) return h('p.note.wait', h('span.symbol', { 'aria-hidden': 'true' }, '▲ '), clicking ? n('incidents.tightApart', clicking) : t('incidents.tight'));
  if (clicking) return h('p.note.wait', h('span.symbol', { 'aria-hidden': 'true' }, '● '), n('incidents.inTimeApart', clicking));
  return h('p.note', h('span.symbol', { 'aria-hidden': 'true' }, '✓ '), t('incidents.inTime'));
}

/// People, not certificates: somebody proves a mailbox once.
export const peopleOf = (items) => new Set(items.map((one) => one.userPrincipalName)).size;
