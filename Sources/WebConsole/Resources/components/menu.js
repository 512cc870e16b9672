// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A menu or a panel that opens below its button: native `details`, closed by Esc, by a click elsewhere, and when focus leaves.

import { h } from '../app/dom.js';

/// - Parameters:
///   - label: text or nodes on the button.
///   - panel: what is inside, or a function that makes it when it opens.
export function menu(label, panel, { className = '', title, align = 'start' } = {}) {
  const inside = h(`div.panel.${align}`);
  const element = h(`details.menu${className && `.${className}`}`, h('summary', { title, 'aria-label': title }, label), inside);
  const close = () => { element.open = false; };
  if (typeof panel !== 'function') inside.append(...[panel].flat());
  element.addEventListener('toggle', () => {
    if (!element.open) return;
    if (typeof panel === 'function') inside.replaceChildren(...[panel(close)].flat().filter(Boolean));
    for (const other of document.querySelectorAll('details.menu[open]')) if (other !== element && !other.contains(element)) other.open = false;
    // Kept within the window, whichever edge is near.
    inside.classList.remove('flip');
    if (inside.getBoundingClientRect().right > document.documentElement.clientWidth) inside.classList.add('flip');
  });
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !element.open) return;
    close();
    element.firstElementChild.focus();
    event.stopPropagation();
    event.preventDefault();
  });
  element.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !element.contains(event.relatedTarget)) close();
  });
  return element;
}

document.addEventListener('pointerdown', (event) => {
  for (const open of document.querySelectorAll('details.menu[open]')) if (!open.contains(event.target)) open.open = false;
});

/// A choice in a menu.
export const menuItem = (label, run, { isCurrent } = {}) =>
  h('button.item', { type: 'button', 'aria-pressed': isCurrent == null ? null : String(isCurrent), on: { click: run } }, label);
