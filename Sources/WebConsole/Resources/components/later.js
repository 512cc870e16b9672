// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A part of a page that is asked for when somebody opens it: what few look at costs nobody a call.

import { h, replace } from '../app/dom.js';
import { skeleton } from './loading.js';

/// - Parameter read: async, gives nodes; what it throws is shown in place of them.
/// - Returns: `{element, reload}`.
export function later(page, title, read) {
  const place = h('div.stack');
  const reload = async () => {
    if (!place.hasChildNodes()) replace(place, skeleton(2));
    try {
      const nodes = await read(reload);
      if (!page.signal.aborted) replace(place, nodes);
    } catch (problem) {
      if (!page.signal.aborted) page.fail(problem, { put: (...nodes) => replace(place, ...nodes), again: reload });
    }
  };
  const element = h('details.panelled', h('summary', h('h2', title)), place);
  element.addEventListener('toggle', () => { if (element.open && !place.hasChildNodes()) reload(); });
  return { element, reload };
}
