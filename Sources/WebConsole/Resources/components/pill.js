// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A state: symbol and word, always together, so that nothing hangs on colour.

import { h } from '../app/dom.js';
import { word } from '../app/i18n.js';

const looks = {
  planned: ['○', 'neutral'], keyed: ['○', 'neutral'], submitted: ['●', 'neutral'], pending: ['●', 'wait'], waiting: ['●', 'wait'],
  publishing: ['●', 'wait'], withdrawing: ['●', 'wait'], issued: ['✓', 'good'], delivered: ['✓', 'good'], published: ['✓', 'good'], active: ['✓', 'good'], inUse: ['✓', 'good'],
  rejected: ['✗', 'bad'], failed: ['✗', 'bad'], cancelled: ['○', 'neutral'], superseded: ['○', 'neutral'], revoked: ['⊘', 'bad'],
  expired: ['○', 'neutral'], held: ['▲', 'wait'], ok: ['✓', 'good'], warning: ['▲', 'wait'], none: ['○', 'neutral'],
  ordered: ['●', 'wait'], wanted: ['○', 'neutral'], problem: ['▲', 'bad'], leftOut: ['○', 'neutral'], unknown: ['○', 'neutral'],
  yes: ['✓', 'good'], no: ['✗', 'bad'], asked: ['●', 'wait'], running: ['●', 'wait'], done: ['✓', 'good'], undone: ['○', 'neutral'],
  accepted: ['✓', 'good'], taken: ['✓', 'good'], seen: ['✓', 'good'], proved: ['✓', 'good'], declared: ['○', 'neutral'],
};

/// - Parameters:
///   - value: the API's word, such as `pending`.
///   - text: other words than those of the language file.
///   - look: symbol and tone (`good`, `wait`, `bad`, `neutral`) where the value has none of its own.
export function pill(value, { text, look } = {}) {
  const [symbol, tone] = look ?? looks[value] ?? ['○', 'neutral'];
  return h('cw-pill', { class: tone, 'data-value': value },
    h('span.symbol', { 'aria-hidden': 'true' }, symbol), ' ', text ?? word('state', value));
}

/// An order's state: a held one is held whatever its stage.
export const orderPill = (order) => pill(order.holdReason || order.held ? 'held' : order.stage);
