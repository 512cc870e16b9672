// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The groups of waiting orders and their columns.

import { foreign, h } from '../../app/dom.js';
import { span } from '../../app/format.js';
import { t } from '../../app/i18n.js';
import { orderPill } from '../../components/pill.js';
import { ago } from '../../components/time.js';
import { orderActions } from './actions.js';

/// - `query`: what the group is to the API; `line`: to the command line; `main`: what is done most, to one and to many. The rest
///   stands on the order's own page.
export const groups = [
  { name: 'people', query: { waitingFor: 'subscriber' }, line: '--open', main: 'resend' },
  { name: 'ca', query: { waitingFor: 'certificateAuthority' }, line: '--open', main: null },
  { name: 'approver', query: { waitingFor: 'approver' }, line: '--open', main: null },
  { name: 'operator', query: { waitingFor: 'operator' }, line: '--open', main: 'retry' },
  { name: 'held', query: { held: 'true' }, line: '--held', main: 'findings' },
  { name: 'failed', query: { stage: ['failed', 'rejected'] }, line: '--stage failed', main: 'retry' },
];

export const columns = (group) => [
  { title: t('column.order'), cell: (one) => h('span', h('code', one.reference.slice(0, 11)), ' ', orderPill(one)) },
  { title: t('column.person'), cell: (one) => foreign(one.displayName ?? one.userPrincipalName), sort: 'userPrincipalName' },
  { title: t('column.template'), cell: (one) => h('span', foreign(one.template), h('span.sub', foreign(one.backendCA))), sort: 'template' },
  { title: t('column.since'), cell: (one) => span(one.updatedAt), sort: 'updatedAt' },
  { title: group.name === 'held' || group.name === 'failed' ? t('column.cause') : t('column.detail'), cell: (one) => foreign(one.holdReason ?? one.detail, t('text.all')) },
  { title: t('column.next'), cell: (one) => (one.nextActionAt ? ago(one.nextActionAt) : t('text.nothingByItself')) },
  { title: '', cell: (one) => group.main && orderActions(one, null, { isQuiet: true, only: [group.main, group.main === 'findings' && 'decide'] }), className: 'end' },
];
