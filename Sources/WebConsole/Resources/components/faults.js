// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What the gateway finds wrong in a form, at the field it is about and in the words that stand there.

import { h } from '../app/dom.js';
import { said } from './said.js';

/// Pointers of bodies have slashes, key paths of the configuration dots.
const isOf = (pointer, name) => {
  const place = pointer.replace(/\//g, '.');
  return place === name || place.endsWith(`.${name}`);
};

/// Takes away what an earlier answer has marked.
export function clearFaults(form) {
  for (const mark of form.querySelectorAll('.wrong.server')) mark.remove();
  for (const input of form.querySelectorAll('[aria-invalid=true]')) input.removeAttribute('aria-invalid');
}

/// Marks the fields of a form that errors are about. - Returns: the errors that no field is for.
export function placeFaults(form, errors) {
  clearFaults(form);
  // Of names that end alike the longest is meant.
  const inputs = [...form.querySelectorAll('[name]')].sort((a, b) => b.name.length - a.name.length);
  return errors.filter(({ pointer, detail }) => {
    const input = inputs.find((one) => pointer && isOf(pointer, one.name));
    const place = input?.closest('.field');
    if (!place) return true;
    input.setAttribute('aria-invalid', 'true');
    const label = place.querySelector('legend, span')?.textContent.replace(/ \*$/, '') ?? input.name;
    const mark = h('small.wrong.server', label, ': ', said(detail));
    place.append(mark);
    input.addEventListener('input', () => { mark.remove(); input.removeAttribute('aria-invalid'); }, { once: true });
    return false;
  });
}

/// To the first field that is wrong, else to the line that says what is.
export const focusFault = (form, line) => (form?.querySelector('input[aria-invalid=true], select[aria-invalid=true], textarea[aria-invalid=true]') ?? line).focus();
