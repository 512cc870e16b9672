// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What was asked of a CA beside what is in the certificate, and the text for a case at the CA's support.

import { foreign, h } from '../app/dom.js';
import { t, word } from '../app/i18n.js';
import { toClipboard } from './copy.js';
import { dialog } from './dialog.js';
import { plain } from './facts.js';
import { pill } from './pill.js';

const folded = (texts) => [texts ?? []].flat().map((one) => String(one).toLowerCase()).sort();

/// - Returns: `[{name, asked, found, state}]`: `yes`, `no` for other addresses, `none` for a name that the subject does not have.
function rowsOf(order, certificate) {
  const values = (certificate.subject ?? '').split(/(?<!\\)[,+]/).map((part) => part.slice(part.indexOf('=') + 1).trim().replace(/\\(.)/g, '$1').toLowerCase());
  return Object.entries(order.names ?? {}).filter(([, asked]) => asked != null && asked !== '' && !(Array.isArray(asked) && !asked.length)).map(([name, asked]) => {
    if (name === 'emails') {
      const found = certificate.emailAddresses ?? [];
      const isSame = folded(asked).join('\n') === folded(found).join('\n');
      return { name, asked, found, state: isSame ? 'yes' : 'no' };
    }
    const isThere = [asked].flat().every((one) => values.includes(String(one).toLowerCase()));
    // Many products leave names of people out: the CA's choice, and no fault.
    return { name, asked, found: isThere ? asked : '', state: isThere ? 'yes' : 'none' };
  });
}

/// A dialog with both, name by name.
export function compare(order, certificate) {
  return dialog({ title: t('compare.title'), isWide: true, cancel: t('button.close'), body: h('div.scroll', h('table.data', h('caption.unseen', t('compare.title')),
    h('thead', h('tr', [t('compare.name'), t('compare.asked'), t('compare.found'), ''].map((title) => h('th', { scope: 'col' }, title)))),
    h('tbody', rowsOf(order, certificate).map((row) => h('tr', h('th', { scope: 'row' }, word('key', row.name)),
      h('td', { 'data-label': t('compare.asked') }, foreign(plain(row.asked))), h('td', { 'data-label': t('compare.found') }, foreign(plain(row.found))),
      h('td', pill(row.state, { text: word('compare', row.state) }))))))) });
}

/// Everything a CA's support asks for, without keys and secrets, on the clipboard.
export function copySupportCase(order, events, certificate) {
  const last = events.slice(-8).map((one) => `${one.at} ${one.stage} ${one.message}`);
  const lines = [['Reference', order.reference], ['CA request', order.caRequestID], ['Backend CA', order.backendCA], ['Product', order.product],
    ['Stage', order.stage], ['Waits for', order.waitingFor], ['Detail', order.detail], ['Serial number', certificate?.serialNumber], ['SHA-256', certificate?.sha256Fingerprint],
    ['Names', plain(order.names)], ['Created', order.createdAt], ['Updated', order.updatedAt]].filter(([, value]) => value).map(([name, value]) => `${name}: ${value}`);
  return toClipboard([...lines, '', ...last].join('\n'), t('compare.caseCopied'));
}
