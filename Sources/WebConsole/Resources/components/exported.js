// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A list as a file: the gateway counts it, and the browser fetches it row by row, however long it is.

import { base } from '../app/api.js';
import { h } from '../app/dom.js';
import { n } from '../app/i18n.js';
import { working } from './loading.js';
import { operation } from './operation.js';
import { complain, toast } from './toast.js';

/// - Parameters:
///   - list: its name, as `POST /exports` has it.
///   - query: the filter and order of the list.
export async function exportList(list, query) {
  query.delete('limit');
  try {
    const made = await working(operation('/exports', { list, format: 'csv', query: String(query) }));
    h('a', { href: base + made.file, download: made.fileName }).click();
    toast(n('list.exported', made.rows));
  } catch (problem) {
    complain(problem);
  }
}
