// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What somebody does with a file on a device: each step as a sentence, on a phone also as a drawing of the screen with the row to tap.
/// The drawing is text in the words file, such as `Settings | General | > Profile`: the title, the rows, and `>` before the one to tap.
/// Menus differ among makers and versions, which the sentence before them says.

import { h, svg } from '../app/dom.js';
import { t, word } from '../app/i18n.js';

/// How many steps each kind of device has, and which of them have no screen to draw.
const steps = { iphone: 6, android: 5, mac: 2, windows: 2, linux: 2 };
export const devices = Object.keys(steps);
const phones = ['iphone', 'android'];
const [width, rowHeight, top] = [200, 34, 54];

/// - Parameter device: as the API names it.
export const toDo = (device) => h('section.stack', h('h3', t('tap.title')), phones.includes(device) && h('p', t('tap.makers')),
  h('ol.taps', Array.from({ length: steps[device] ?? 0 }, (_, index) => h('li',
    h('p', word('tap', `${device}.${index + 1}.say`)), phones.includes(device) && screen(word('tap', `${device}.${index + 1}`))))));

export const forEachDevice = () => devices.map((one) => h('details', h('summary', word('device', one)), toDo(one)));

/// The sentence beside it says the same, so the drawing is silent for who hears the page.
function screen(text) {
  const [title, ...rows] = text.split('|').map((part) => part.trim());
  const height = top + rows.length * rowHeight + 14;
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, class: 'phone', 'aria-hidden': 'true', focusable: 'false' },
    svg('rect', { class: 'body', x: 1, y: 1, width: width - 2, height: height - 2, rx: 16 }),
    svg('text', { class: 'title', x: width / 2, y: 34, 'text-anchor': 'middle' }, title),
    rows.map((row, index) => {
      const isTapped = row.startsWith('>');
      const y = top + index * rowHeight;
      return svg('g', { class: isTapped ? 'tapped' : 'row' },
        svg('rect', { x: 8, y, width: width - 16, height: rowHeight - 4, rx: 6 }),
        svg('text', { x: 16, y: y + 19 }, isTapped ? row.slice(1).trim() : row),
        isTapped && svg('circle', { cx: width - 24, cy: y + 15, r: 8 }));
    }));
}
