// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A number to type before many are touched: whoever types 3012 has read it.

import { h } from '../app/dom.js';
import { t } from '../app/i18n.js';

/// - Parameter count: what must be typed; separators people write are taken.
/// - Returns: `{element, isRight()}`.
export function typedCount(count) {
  const field = h('input', { inputmode: 'numeric', autocomplete: 'off', required: true });
  return {
    element: h('label.field', h('span', t('typed.label', { count })), field),
    isRight: () => field.value.replace(/[\s.,'’]/g, '') === String(count),
  };
}
