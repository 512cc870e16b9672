// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The groups of waiting orders and their columns.

import { path } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { span } from '../../app/format.js';
import { t } from '../../app/i18n.js';
import { orderPill } from '../../components/pill.js';
import { said } from '../../components/said.js';
import { ago } from '../../components/time.js';
import { orderActions } from './actions.js';

/// The names are those of GET /waiting, and what `waitingFor` takes. `main` is what is done most, to one and to many; the rest stands on
/// the order's own page. `needs` says who is asked for something. `ended` is no group of waiting orders: nothing follows by itself there.
export const groups = [
  { name: 'subscriber', main: 'resend' },
  { name: 'certificateAuthority', main: null },
  { name: 'approver', main: null },
  { name: 'operator', main: 'retry', needs: 'retryOrder' },
  { name: 'inDoubt', main: 'decide', needs: 'decideOrder' },
  { name: 'limit', main: null },
  { name: 'failed', main: 'retry' },
  { name: 'ended', main: 'retry', query: { stage: ['failed', 'rejected'] } },
];

export const queryOf = (group) => group.query ?? { waitingFor: group.name };

/// - Parameter main: the action in each row; nil for none.
export const columns = (main) => [
  { title: t('column.order'), cell: (one) => h('span', h('code', one.reference.slice(0, 11)), ' ', orderPill(one)), sort: 'id' },
  { title: t('column.person'), cell: (one) => foreign(one.displayName ?? one.userPrincipalName), sort: 'userPrincipalName' },
  { title: t('column.template'), cell: (one) => h('span', foreign(one.template), h('span.sub', foreign(one.backendCA))), sort: 'template' },
  { title: t('column.since'), cell: (one) => span(one.since) },
  { title: t('column.cause'), cell: (one) => said(one.holdReason ?? one.detail, t('text.all'), 140) },
  { title: t('column.next'), cell: (one) => (one.nextActionAt ? ago(one.nextActionAt) : t('text.nothingByItself')) },
  ...(main ? [{ title: '', cell: (one) => orderActions(one, null, { isQuiet: true, only: [main] }), className: 'end' }] : []),
];

export const orderLink = (one) => path('/console/orders/{}', one.reference);
