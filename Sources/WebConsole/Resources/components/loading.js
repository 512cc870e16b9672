// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Loading that does not flicker: nothing for 300 ms, then a thin bar; after 8 s a word and a way out.

import { h, one, replace } from '../app/dom.js';
import { t } from '../app/i18n.js';

let running = 0;
let barTimer = null;
let wordTimer = null;
let stop = null;

function update() {
  const bar = one('#busy');
  if (!bar) return;
  if (running === 0) {
    clearTimeout(barTimer);
    clearTimeout(wordTimer);
    barTimer = wordTimer = null;
    bar.hidden = true;
    replace(bar);
  } else if (!barTimer) {
    barTimer = setTimeout(() => { bar.hidden = false; }, 300);
    wordTimer = setTimeout(() => replace(bar, h('span.still', { role: 'status' }, t('loading.still'),
      stop && h('button.link', { type: 'button', on: { click: () => stop() } }, t('button.cancel')))), 8000);
  }
}

/// Shows that something works until the promise is settled; its result is passed on.
/// - Parameter cancel: the way out after 8 s; nil for what cannot be called back.
export async function working(promise, cancel = null) {
  running += 1;
  stop = cancel;
  update();
  try {
    return await promise;
  } finally {
    running -= 1;
    update();
  }
}

/// Grey lines in the place of what comes: only where nothing is there yet.
export const skeleton = (lines = 6) =>
  h('div.skeleton', { 'aria-hidden': 'true' }, Array.from({ length: lines }, () => h('span')));
