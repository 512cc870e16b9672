// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How certificates look in a list.

import { call } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { n, t, word } from '../../app/i18n.js';
import { pill } from '../../components/pill.js';
import { ago, day } from '../../components/time.js';

/// The end of a certificate: near ones as a distance, far ones as a day.
export function ending(moment) {
  const days = (new Date(moment) - Date.now()) / 86_400_000;
  return Math.abs(days) <= 60 ? ago(moment) : day(moment);
}

export const columns = () => [
  { title: t('column.status'), cell: (one) => pill(one.status), sort: 'status' },
  { title: t('column.person'), cell: (one) => foreign(one.displayName ?? one.userPrincipalName), sort: 'userPrincipalName' },
  { title: t('column.mail'), cell: mail, className: 'optional' },
  { title: t('column.template'), cell: (one) => foreign(one.template), sort: 'template' },
  { title: t('column.backendCA'), cell: (one) => foreign(one.backendCA), sort: 'backendCA' },
  { title: t('column.ends'), cell: (one) => ending(one.notAfter), sort: 'notAfter' },
];

function mail(one) {
  const [first, ...rest] = one.emailAddresses ?? [];
  return first && h('span', { title: (one.emailAddresses ?? []).join(', ') }, foreign(first), rest.length > 0 && h('span.muted', ` ${n('certificates.more', rest.length)}`));
}

/// The names of a list of the API, as choices of a filter. Asked once, when the filter opens.
export const namesOf = (path, page) => async () => {
  const { data } = await call('GET', path, { query: { limit: 200 }, signal: page.signal });
  return (data.items ?? []).map((one) => ({ value: one.name, label: one.name }));
};

export const filters = (page) => [
  { name: 'text', label: t('filter.text'), kind: 'search' },
  { name: 'status', label: t('column.status'), options: ['active', 'superseded', 'revoked', 'expired'].map((value) => ({ value, label: word('state', value) })) },
  { name: 'template', label: t('column.template'), kind: 'one', options: namesOf('/templates', page) },
  { name: 'backendCA', label: t('column.backendCA'), kind: 'one', options: namesOf('/backend-cas', page) },
  { name: 'expires', label: t('column.ends'), kind: 'one', options: ['7d', '30d', '90d'].map((value) => ({ value, label: n('certificates.within', parseInt(value, 10)) })) },
  { name: 'willNotRenew', label: t('certificates.renewal'), kind: 'one', options: [{ value: 'true', label: t('certificates.willNotRenew') }] },
  { name: 'onNoDevice', label: t('certificates.devices'), kind: 'one', options: [{ value: 'true', label: t('certificates.onNoDevice') }] },
];

export const presets = () => [
  { label: word('state', 'active'), query: { status: 'active' } },
  { label: t('certificates.ending'), query: { status: 'active', expires: '30d', sort: 'notAfter' } },
  { label: t('certificates.willNotRenew'), query: { willNotRenew: 'true', sort: 'notAfter' } },
  { label: t('certificates.onNoDevice'), query: { onNoDevice: 'true' } },
  { label: word('state', 'revoked'), query: { status: 'revoked' } },
];
