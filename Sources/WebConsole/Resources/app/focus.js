// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Where the focus is, found again after what had it has been drawn anew: who works with the keyboard never begins at the head of
/// the document because something has happened at the gateway.

import { all, one } from './dom.js';

const able = 'a[href], button, input, select, textarea, summary, [tabindex]';

/// What a thing is to somebody who reaches it by Tab; what takes its place after a redraw is the same by this.
const nature = (element) => [
  element.tagName, element.closest('[data-key]')?.dataset.key,
  element.dataset.action ?? element.getAttribute('href') ?? (element.name || element.getAttribute('aria-label') || element.textContent),
].join(' ');

/// - Returns: brings a lost focus back: to the same thing, to what has taken its place on this page, or to the page's name.
export function rememberFocus() {
  const element = document.activeElement;
  if (!element || element === document.body) return () => {};
  const address = location.pathname;
  const named = nature(element);
  const alike = () => all(able, one('main') ?? document).filter((other) => nature(other) === named);
  const index = alike().indexOf(element);
  return () => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const next = location.pathname === address ? alike()[index] : null;
    (element.isConnected ? element : next ?? one('h1'))?.focus({ preventScroll: true });
  };
}

/// Draws, and leaves the focus where it is.
export function keepFocus(draw) {
  const back = rememberFocus();
  draw();
  back();
}
