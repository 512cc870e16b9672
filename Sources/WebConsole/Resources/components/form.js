// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A form from a list of settings, as connector profiles describe theirs: the words of the profile are the words of the form.

import { foreign, h } from '../app/dom.js';
import { t } from '../app/i18n.js';
import { fileName, secretReference } from './secret.js';

/// - Parameters:
///   - fields: `[{name, title, kind: 'text' | 'integer' | 'boolean' | 'choice' | 'secret' | 'file', choices: [{value, title}], required,
///     help, default, rank}]`, drawn by rank.
///   - values: what is set already.
/// - Returns: `{element, values()}`; `problemLine` finds the fields by their names.
export function schemaForm(fields, values = {}) {
  const parts = [...fields].sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0)).map((field) => ({ field, ...control(field, values[field.name] ?? field.default) }));
  return {
    element: h('div.stack', parts.map((one) => one.element)),
    values: () => Object.fromEntries(parts.map((one) => [one.field.name, one.value()]).filter(([, value]) => value !== '' && value != null)),
  };
}

function control(field, value) {
  const { name, kind } = field;
  const id = `field-${name}`;
  const label = h('span', field.title ?? name, field.required && h('span', { title: t('form.required') }, ' *'));
  const help = field.help && h('small', { id: `${id}-help` }, foreign(field.help));
  const common = { id, name, required: field.required, 'aria-describedby': field.help ? `${id}-help` : null };
  if (kind === 'secret') {
    const made = secretReference({ name, label: field.title ?? name, value: value ?? '', isRequired: field.required, help: field.help });
    return { element: h('div', { id }, made.element), value: made.value };
  }
  if (kind === 'boolean') {
    const input = h('input', { ...common, required: false, type: 'checkbox', checked: value === true });
    return { element: h('div.field', h('label.check', input, ' ', label), help), value: () => input.checked };
  }
  if (kind === 'choice' && (field.choices ?? []).length <= 5) {
    const group = h('fieldset.field', { id }, h('legend', label), field.choices.map((one) =>
      h('label.check', h('input', { type: 'radio', name, checked: one.value === value, required: field.required }), ' ', one.title ?? one.value)), help);
    all(group).forEach((input, index) => { input.value = field.choices[index].value; });
    return { element: group, value: () => all(group).find((input) => input.checked)?.value ?? '' };
  }
  const input = kind === 'choice'
    ? h('select', common, !field.required && h('option', { value: '' }, ''), field.choices.map((one) => h('option', { value: one.value, selected: one.value === value }, one.title ?? one.value)))
    : h('input', { ...common, type: kind === 'integer' ? 'number' : 'text', step: kind === 'integer' ? '1' : null, value: value ?? '', spellcheck: 'false',
      placeholder: kind === 'file' ? `/…/${fileName(name)}` : null });
  return {
    element: h('label.field', label, input, help),
    value: () => (kind === 'integer' && input.value !== '' ? Number(input.value) : input.value.trim()),
  };
}

const all = (group) => [...group.querySelectorAll('input')];
