// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be done to chosen certificates, each through a plan that is shown first.

import { call } from '../../app/api.js';
import { h, saveFile } from '../../app/dom.js';
import { n, t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { csv } from '../../components/csv.js';
import { reasonsFor, replaceMany, revokeMany } from '../certificate/actions.js';

/// The first reason against an action among those chosen, with their number.
function hindrance(picked, name) {
  const against = picked.filter((one) => one.actions?.some((action) => action.name === name && !action.allowed));
  if (!against.length) return null;
  const action = against[0].actions.find((one) => one.name === name);
  return { reason: t('certificates.hindered', { count: against.length, of: picked.length, reason: action.reason ?? '' }), instead: action.instead };
}

export const choice = (page) => (keys, picked, { query, uncheck }) => {
  const done = () => { uncheck(); page.reload(); };
  const button = (name, label, run, kind) => {
    const against = hindrance(picked, name);
    return actionButton({ label, kind, allowed: !against, ...against, run, key: name });
  };
  return [
    may('replace') && button('replace', t('action.replaceMore'), () => replaceMany(keys, done)),
    may('revoke') && button('revoke', t('action.revokeMore'), () => revokeMany(keys, reasonsFor(picked), done), 'danger'),
    may('exportLists') && h('button', { type: 'button', on: { click: () => exportRows(picked) } }, t('action.exportCSV')),
    may('exportLists') && h('button.link', { type: 'button', on: { click: () => exportAll(query) } }, t('action.exportAll')),
  ];
};

const fields = ['number', 'status', 'userPrincipalName', 'emailAddresses', 'template', 'backendCA', 'serialNumber', 'subject', 'issuer', 'notBefore', 'notAfter', 'sha256Fingerprint'];

function exportRows(rows) {
  saveFile('certificates.csv', 'text/csv;charset=utf-8', csv(fields, rows));
}

/// Everything that matches the filter, page by page, however many there are.
async function exportAll(query) {
  const { working } = await import('../../components/loading.js');
  const { toast } = await import('../../components/toast.js');
  const rows = [];
  await working((async () => {
    let after = null;
    do {
      const asked = new URLSearchParams(query);
      asked.set('limit', '200');
      if (after) asked.set('after', after);
      const { data } = await call('GET', '/certificates', { query: asked });
      rows.push(...data.items);
      after = data.next;
    } while (after);
  })());
  exportRows(rows);
  toast(n('list.exported', rows.length));
}
