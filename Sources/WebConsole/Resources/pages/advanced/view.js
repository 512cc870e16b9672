// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The parts of the page and their columns.

import { foreign, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { plain } from '../../components/facts.js';
import { pill } from '../../components/pill.js';
import { said } from '../../components/said.js';
import { ago, moment } from '../../components/time.js';
import { makeToken, revokeToken } from './tokens.js';

const jobs = () => [
  { title: t('advanced.job'), cell: (one) => h('span', foreign(one.name), h('span.sub', foreign(one.meaning ?? ''))) },
  { title: t('column.status'), cell: (one) => (one.problem ? pill('failed') : pill(one.endedAt ? 'ok' : 'none', { text: one.endedAt ? t('advanced.went') : t('advanced.notYet') })) },
  { title: t('advanced.last'), cell: (one) => (one.endedAt ? ago(one.endedAt) : '') },
  { title: t('advanced.took'), cell: (one) => (one.tookSeconds != null ? t('advanced.seconds', { seconds: Math.round(one.tookSeconds * 10) / 10 }) : '') },
  { title: t('column.next'), cell: (one) => (one.nextAt ? ago(one.nextAt) : '') },
  { title: t('column.detail'), cell: (one) => (one.problem ? said(one.problem, t('text.all')) : foreign(Object.entries(one.facts ?? {}).map(([key, value]) => `${key} ${plain(value)}`).join(', '), t('text.all'))), className: 'optional' },
];

const settings = () => [
  { title: t('advanced.setting'), cell: (one) => h('code', foreign(one.name)) },
  { title: t('advanced.value'), cell: (one) => h('span', foreign(plain(one.value), t('text.all')), !one.set && h('span.sub', t('advanced.default'))) },
  { title: t('advanced.help'), cell: (one) => said(one.help ?? '', t('text.all')), className: 'optional' },
  { title: t('advanced.changed'), cell: (one) => (one.changedAt ? moment(one.changedAt) : '') },
];

const nodes = () => [
  { title: t('advanced.node'), cell: (one) => h('code', foreign(one.name ?? one.id ?? one.node)) },
  { title: t('advanced.facts'), cell: (one) => h('dl.facts', Object.entries(one).filter(([, value]) => value != null && value !== '').map(([key, value]) =>
    [h('dt', word('node', key)), h('dd', foreign(plain(value)))])) },
];

const tokens = (page) => [
  { title: t('advanced.token'), cell: (one) => foreign(one.name) },
  { title: t('advanced.role'), cell: (one) => word('role', one.role) },
  { title: t('column.status'), cell: (one) => pill(one.state, { text: word('token', one.state), look: one.state === 'valid' ? ['✓', 'good'] : ['○', 'neutral'] }) },
  { title: t('column.ends'), cell: (one) => ago(one.expiresAt) },
  { title: t('advanced.madeBy'), cell: (one) => foreign(one.createdBy ?? one.by ?? ''), className: 'optional' },
  { title: '', className: 'end', cell: (one) => one.state === 'valid' && h('button', { type: 'button', on: { click: () => revokeToken(one, () => page.reload()) } }, t('advanced.revokeTokenMore')) },
];

export const parts = [
  { name: 'jobs', path: '/jobs', permission: 'readServices', line: 'certway node list', rowKey: (one) => one.name, columns: jobs, topics: ['overview'] },
  { name: 'settings', path: '/settings', permission: 'readSettings', line: 'certway export', rowKey: (one) => one.name, columns: settings },
  { name: 'nodes', path: '/nodes', permission: 'readServices', line: 'certway node list', rowKey: (one) => one.id ?? one.name, columns: nodes },
  { name: 'tokens', path: '/api-tokens', permission: 'manageTokens', line: 'certway token list', rowKey: (one) => one.id, columns: tokens,
    tools: (page) => h('button', { type: 'button', on: { click: () => makeToken(() => page.reload()) } }, t('advanced.makeTokenMore')) },
];
