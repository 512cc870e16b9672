// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// `cw-copy`: a value with a button that copies it and says so.

import { foreign, h } from '../app/dom.js';
import { t } from '../app/i18n.js';
import { toast } from './toast.js';

/// Puts a text on the clipboard; where the browser refuses, it says so.
export async function toClipboard(text, said = t('copy.done')) {
  try {
    await navigator.clipboard.writeText(text);
    toast(said);
  } catch {
    toast(t('copy.refused'), { tone: 'bad' });
  }
}

/// - Parameters:
///   - text: what is copied.
///   - shown: what stands there, when it is something else, such as a serial number in pairs.
export function copy(text, shown = text) {
  const button = h('button.quiet', {
    type: 'button', title: t('copy.button'), 'aria-label': t('copy.of', { what: String(text).slice(0, 60) }),
    on: { click: (event) => { event.stopPropagation(); toClipboard(text); } },
  }, '⧉');
  return h('cw-copy', h('code', foreign(shown)), button);
}
