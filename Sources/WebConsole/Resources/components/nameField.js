// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A field for the name of something that the API lists: a choice for who may read the list, else text.

import { get } from '../app/api.js';
import { h, replace } from '../app/dom.js';
import { may } from '../app/session.js';

export const templates = { list: '/templates', permission: 'readTemplates' };
export const backendCAs = { list: '/backend-cas', permission: 'readBackendCAs' };

/// - Parameters:
///   - list, permission: which names, and who may read them.
///   - value: what stands there at first.
///   - required: nothing else than a name of the list can be chosen then.
/// - Returns: `{element, input, value()}`.
export function nameField({ name, label, list, permission, value = '', required = false }) {
  const isChoice = may(permission);
  const input = isChoice ? h('select', { name, required }) : h('input', { name, type: 'text', spellcheck: 'false', autocomplete: 'off', required, value });
  const offer = (names) => {
    const chosen = input.value || value;
    replace(input, [...new Set(['', value, ...names])].filter((one) => one || !required || !value).map((one) => h('option', { value: one, selected: one === chosen }, one)));
  };
  if (isChoice) {
    offer([]);
    // Where the list does not come, what stood there can still be left or taken out.
    get(list, { query: { limit: 200 } }).then(({ items }) => offer(items.map((one) => one.name)), () => offer([]));
  }
  return { input, element: h('label.field', h('span', label), input), value: () => input.value.trim() };
}
