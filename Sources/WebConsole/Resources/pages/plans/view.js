// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How a plan looks.

import { foreign, h } from '../../app/dom.js';
import { money, number } from '../../app/format.js';
import { n, t, word } from '../../app/i18n.js';
import { facts, panel } from '../../components/facts.js';
import { pill } from '../../components/pill.js';
import { sentences } from '../../components/said.js';
import { moment } from '../../components/time.js';

const signs = { order: '+', renew: '>', replace: '~', revokeReplaced: '−', revokeOlder: '−', revoke: '−', retire: '−', cancel: '−' };

/// New orders and ends, and whether they wait for somebody.
export const counts = (plan) => panel(t('plans.now'),
  h('div.row', pill(plan.waitsForConsent ? 'waiting' : 'ok', { text: plan.waitsForConsent ? t('plans.waits') : t('plans.free') }),
    h('strong', n('plans.orders', plan.orders ?? 0)), h('strong', n('plans.endings', plan.endings ?? 0))),
  plan.consent && h('p.note', foreign(t('plans.consented', { by: plan.consent.by, what: plan.consent.sentence })), ' ', moment(plan.consent.at)),
  h('div.scroll', h('table.data', h('caption.unseen', t('plans.byTemplate')),
    h('thead', h('tr', [t('column.template'), t('plans.members'), t('plans.inUse'), t('plans.replacing'), t('plans.underWay'), t('plans.toOrder'), t('plans.toEnd')].map((title) => h('th', { scope: 'col' }, title)))),
    h('tbody', (plan.templates ?? []).map((one) => h('tr',
      h('th', { scope: 'row' }, h('a', { href: `/console/templates/${encodeURIComponent(one.template)}` }, foreign(one.template))),
      cell(t('plans.members'), one.people?.members ?? one.evaluated), cell(t('plans.inUse'), one.people?.inUse),
      orderCell(t('plans.replacing'), one.template, 'replacement', one.people?.replacements), orderCell(t('plans.underWay'), one.template, 'status', one.people),
      h('td', { 'data-label': t('plans.toOrder') }, names(one.toOrder, total(one, orders))), h('td', { 'data-label': t('plans.toEnd') }, names(one.toEnd, total(one, endings)))))))));

/// Orders that go on or are held, each number with its people.
const orderCell = (label, template, filter, counts) => h('td', { 'data-label': label }, counts == null ? '' : ['underWay', 'held']
  .filter((state) => state === 'underWay' || counts[state]).map((state) => [state === 'held' && ', ',
    h('a', { href: `/console/people?template=${encodeURIComponent(template)}&${filter}=${state}` }, number(counts[state] ?? 0), state === 'held' && [' ', word('state', state)])]));

const cell = (label, value) => h('td', { 'data-label': label }, value == null ? '' : number(value));

const orders = ['order', 'renew', 'replace'];
const endings = ['revoke', 'retire', 'cancel'];
const total = (template, kinds) => kinds.reduce((sum, kind) => sum + (template.actions?.[kind] ?? 0), 0);

/// The first of them, and how many more there are: the plan holds no more names than that.
function names(people, all) {
  if (!Array.isArray(people) || !people.length) return typeof people === 'number' ? number(people) : '–';
  const first = people.map((one) => one.userPrincipalName).join(', ');
  return foreign(all > people.length ? n('plans.more', all - people.length, { names: first }) : first);
}

/// Why it waits, and what stands in the way.
export const why = (plan) => {
  const texts = [...(plan.overLimits ?? []), ...(plan.problems ?? []), ...(plan.waiting ?? [])];
  if (!texts.length && !plan.kept?.length) return null;
  return panel(plan.waitsForConsent ? t('plans.why') : t('plans.notes'), plan.waitsForConsent && h('p', t('plans.how')), sentences(texts),
    sentences((plan.kept ?? []).map((one) => `${one.backendCA}: ${one.reason}`)));
};

export const spending = (plan) => {
  const cost = [plan.cost].flat().filter((one) => one?.amount != null);
  if (!cost.length && !plan.budgetPerMonth) return null;
  return panel(t('plans.cost'), facts([
    [t('plans.thisPlan'), cost.map(money).join(', ')],
    [t('plans.spent'), [plan.spending?.total ?? plan.spending].flat().filter((one) => one?.amount != null).map(money).join(', ')],
    [t('plans.budget'), money(plan.budgetPerMonth)],
  ]));
};

export const columns = () => [
  { title: t('plans.change'), cell: (one) => h('span', h('span', { 'aria-hidden': 'true' }, `${signs[one.action] ?? '·'} `), word('planned', one.action)), sort: 'action', className: 'nowrap' },
  { title: t('column.person'), cell: (one) => foreign(one.userPrincipalName), sort: 'user' },
  { title: t('column.template'), cell: (one) => foreign(one.template), sort: 'template' },
  { title: t('plans.from'), cell: (one) => foreign([one.formerNames?.emails?.[0], one.backendCA].filter(Boolean).join(', ')), className: 'optional' },
  { title: t('plans.to'), cell: (one) => foreign(one.names?.emails?.[0] ?? ''), className: 'optional' },
  { title: t('column.why'), cell: (one) => foreign(one.reason, t('text.all')) },
];
