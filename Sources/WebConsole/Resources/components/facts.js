// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Small parts of a page that shows one thing: a panel and its facts.

import { h } from '../app/dom.js';

export const panel = (title, ...nodes) => h('section.panelled.stack', title && h('h2', title), nodes);

/// - Parameter pairs: `[label, value]`; those without a value are left out.
export const facts = (pairs) => h('dl.facts', pairs.filter(([, value]) => value != null && value !== '' && value !== false)
  .map(([label, value]) => [h('dt', label), h('dd', value)]));

/// A value of the API as text: lists with commas, the rest as JSON.
export const plain = (value) => (value == null ? '' : Array.isArray(value) ? value.map(plain).join(', ')
  : typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value));
