// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// `cw-copy`: a value with a button that copies it and says so.

import { foreign, h, svg } from '../app/dom.js';
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
  }, svg('svg', { viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.5 },
    svg('rect', { x: 5.5, y: 5.5, width: 8, height: 8, rx: 1.5 }), svg('path', { d: 'M3.5 10.5h-1v-8h8v1' })));
  return h('cw-copy', h('code', foreign(shown)), button);
}
