// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A native dialog: names the object, the effect and the price; its button carries the verb. What was typed stays when the call fails.

import { h, replace } from '../app/dom.js';
import { rememberFocus } from '../app/focus.js';
import { t } from '../app/i18n.js';
import { newKey, Problem } from '../app/api.js';
import { clearFaults, focusFault } from './faults.js';
import { problemLine } from './problem.js';
import { working } from './loading.js';

let number = 0;

/// Opens a dialog.
/// - Parameters:
///   - title: a sentence that names the object.
///   - body: nodes.
///   - buttons: nodes; Cancel is added where `cancel` is not false.
/// - Returns: `{element, close}`; closing brings focus back.
export function dialog({ title, body = [], buttons = [], cancel = true, isWide = false, onClose, mustAnswer = false }) {
  const id = `dialog-${(number += 1)}`;
  const giveBack = rememberFocus();
  const close = () => element.close();
  const element = h(`dialog${isWide ? '.wide' : ''}`, { 'aria-labelledby': id },
    h('h2', { id }, title),
    h('div.body', body),
    h('div.buttons', buttons, cancel && h('button', { type: 'button', on: { click: close } }, cancel === true ? t('button.cancel') : cancel)));
  element.addEventListener('close', () => {
    const shelf = element.querySelector('#toasts');
    if (shelf) document.body.append(shelf);
    element.remove();
    giveBack();
    onClose?.();
  });
  if (mustAnswer) element.addEventListener('cancel', (event) => event.preventDefault());
  document.body.append(element);
  element.showModal();
  return { element, close };
}

/// A dialog that does something: its button stays off while the call runs, so that a double click is one call, and a key goes with
/// it, so that a repeated one is the same. What is wrong with a field is said at the field.
/// - Parameters:
///   - verb: on the button, such as "Revoke".
///   - danger: whether it is final.
///   - isReady: says whether the button may be pressed; asked at each input.
///   - run: gets `{key, form}`; what it throws is shown inside.
export function act({ title, body = [], verb, danger = false, isReady = () => true, run, isWide, onClose }) {
  const key = newKey();
  const trouble = h('div');
  const button = h(`button.${danger ? 'danger' : 'primary'}`, { type: 'submit' }, verb);
  const form = h('form', { class: 'act', on: { submit } }, body, trouble);
  const { element, close } = dialog({ title, body: form, buttons: button, isWide, onClose });
  const check = () => button.setAttribute('aria-disabled', String(!isReady(form)));
  let isRunning = false;
  button.addEventListener('click', (event) => { event.preventDefault(); if (form.reportValidity()) form.requestSubmit(); });
  form.addEventListener('input', check);
  check();
  async function submit(event) {
    event.preventDefault();
    if (isRunning || !isReady(form)) return;
    isRunning = true;
    button.setAttribute('aria-busy', 'true');
    replace(trouble);
    clearFaults(form);
    try {
      await working(run({ key, form }));
      close();
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem({ code: 'console', detail: error.message });
      const line = problemLine(problem, form);
      replace(trouble, line);
      focusFault(form, line);
    } finally {
      isRunning = false;
      button.removeAttribute('aria-busy');
    }
  }
  return { element, close, check };
}
