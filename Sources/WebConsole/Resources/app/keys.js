// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Keys of the whole console. Letters can be switched off (WCAG 2.1.4); nothing happens while somebody types.

import { preference } from './store.js';

const bindings = new Map();
let pageBindings = new Map();
let pending = null;
let pendingTimer = null;

/// Binds a key, or two after each other such as `g o`, for every page.
export const bind = (keys, action) => bindings.set(keys, action);
/// Binds a key until the next page opens.
export const bindHere = (keys, action) => pageBindings.set(keys, action);
export const forgetPage = () => { pageBindings = new Map(); };

const isTyping = (target) => target.closest?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');

function find(keys) {
  return pageBindings.get(keys) ?? bindings.get(keys);
}

export function startKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const isPalette = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k';
    if (isPalette) return run(event, 'Ctrl+K');
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]') || isTyping(event.target)) return;
    const isLetter = /^[a-z]$/i.test(event.key);
    if ((isLetter || ['/', '?'].includes(event.key)) && !preference('letters', true)) return;
    if (pending) {
      const both = `${pending} ${event.key}`;
      forgetPending();
      if (find(both)) return run(event, both);
    }
    if (event.key === 'g') {
      pending = 'g';
      pendingTimer = setTimeout(forgetPending, 1500);
      return;
    }
    run(event, event.key);
  });
}

function forgetPending() {
  clearTimeout(pendingTimer);
  pending = null;
}

function run(event, keys) {
  const action = find(keys);
  if (!action) return;
  if (action(event) !== false) event.preventDefault();
}
