// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A reference to a secret, never its value: what is typed here may be shown to everybody who may see the settings.

import { h } from '../app/dom.js';
import { t } from '../app/i18n.js';

const form = /^(file:\/|env:|exec:|azure-key-vault:|keyvault:|vault:)/;

/// The name of a setting as files are named: `settings.apiKey` is `api-key`.
export const fileName = (name) => name.split('.').at(-1).replace(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase();

/// - Returns: `{element, value(), isRight()}`.
export function secretReference({ name, label, value = '', isRequired = false, help }) {
  const warning = h('small.wrong', { role: 'status' });
  const field = h('input', {
    name, value, required: isRequired, spellcheck: 'false', autocomplete: 'off', 'aria-describedby': `${name}-help`,
    placeholder: t('secret.placeholder', { file: fileName(name), variable: fileName(name).toUpperCase().replaceAll('-', '_') }),
    on: { input: check },
  });
  function check() {
    const text = field.value.trim();
    const isOdd = text !== '' && !form.test(text);
    warning.textContent = isOdd ? t('secret.notAReference') : '';
    field.setAttribute('aria-invalid', String(isOdd));
  }
  return {
    element: h('label.field', h('span', label, isRequired && ' *'), field, h('small', { id: `${name}-help` }, help ?? t('secret.help')), warning),
    value: () => field.value.trim(),
    isRight: () => field.value.trim() === '' ? !isRequired : form.test(field.value.trim()),
  };
}
