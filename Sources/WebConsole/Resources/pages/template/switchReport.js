// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a change of CA means, as somebody reads it who decides about it: whom it concerns first, what differs, and the rest folded.

import { foreign, h } from '../../app/dom.js';
import { money, number } from '../../app/format.js';
import { n, t, word } from '../../app/i18n.js';
import { facts } from '../../components/facts.js';
import { pill } from '../../components/pill.js';
import { sentences } from '../../components/said.js';
import { moment } from '../../components/time.js';

const place = (target) => foreign([target?.backendCA, target?.product].filter(Boolean).join(', '));

const isOnlyLooked = ({ state }) => ['dryRun', 'refused'].includes(state);

/// A change that was asked for or would be.
export const change = (one) => facts([
  [t('switch.former'), place(one.former)], [t('switch.next'), place(one.next)],
  [t('switch.when'), one.when === 'now' ? t('switch.now') : t('switch.renewal')], [t('switch.begins'), one.from && moment(one.from)],
  [t('switch.overlapDays'), one.overlapDays != null && number(one.overlapDays)],
  ...(isOnlyLooked(one) ? [] : [[t('switch.askedBy'), foreign(one.by)], [t('switch.askedAt'), moment(one.askedAt)], [t('switch.begunAt'), one.begunAt && moment(one.begunAt)]]),
  [t('switch.kept'), one.keptBecause && foreign(one.keptBecause)],
]);

/// - Parameter report: as `POST /templates/{name}/ca-switches` answers.
export const switchReport = (report) => h('div.stack',
  h('p.note', pill(report.obstacles.length ? 'no' : 'yes', { text: report.obstacles.length ? t('switch.refused') : t('switch.possible') })),
  part(t('switch.obstacles'), sentences(report.obstacles)),
  change(report),
  facts([[t('switch.ordersNow'), number(report.orders.now)], [t('switch.ordersLater'), number(report.orders.later)],
    [t('switch.withoutConsent'), number(report.orders.allowedWithoutConsent)],
    [t('column.cost'), (report.orders.costsNow ?? []).map(money).join(', ')]]),
  report.people ? part(t('people.title'), people(report.people)) : h('p.muted', t('switch.notRead')),
  part(t('switch.differences'), report.differences.length > 0 && differences(report.differences)),
  part(t('switch.trust'), sentences(report.trust)),
  part(t('switch.warnings'), sentences(report.warnings)),
  rules(n('switch.rulesBegin', report.rules.begin.length), report.rules.begin),
  rules(n('switch.rulesEnd', report.rules.end.length), report.rules.end),
  report.section && h('details', h('summary', t('switch.section')), h('pre', { tabindex: '0' }, report.section)));

const part = (title, nodes) => nodes && h('section.stack', h('h3', title), nodes);

const groups = ['refused', 'ownProducts', 'underWay', 'unsent'];
const counts = ['domains', 'renewals', 'namesLost', 'warnings'];

const people = (all) => facts([
  ...['members', 'inUse', 'there', 'replaceable', 'firstOrders', 'leftOut'].map((name) => [word('switchPeople', name), number(all[name])]),
  ...groups.filter((name) => all[name].count > 0).map((name) => [word('switchPeople', name), some(all[name])]),
  ...counts.filter((name) => Object.keys(all[name]).length > 0).map((name) => [word('switchPeople', name),
    h('ul.plain', Object.entries(all[name]).map(([what, count]) => h('li', foreign(what), ': ', number(count))))]),
]);

const some = ({ count, first }) => h('div', number(count), h('ul.plain', first.map((one) => h('li', foreign(one.userPrincipalName), ': ', foreign(one.sentence)))));

const differences = (rows) => h('div.scroll', { role: 'region', tabindex: '0', 'aria-label': t('switch.differences') }, h('table.data', h('caption.unseen', t('switch.differences')),
  h('thead', h('tr', [t('switch.topic'), t('switch.former'), t('switch.next')].map((title) => h('th', { scope: 'col' }, title)))),
  h('tbody', rows.map((one) => h('tr', h('th', { scope: 'row' }, foreign(one.topic)),
    h('td', { 'data-label': t('switch.former') }, foreign(one.former, t('text.all'), 120)), h('td', { 'data-label': t('switch.next') }, foreign(one.next, t('text.all'), 120)))))));

const rules = (title, list) => list.length > 0 && h('details', h('summary', title),
  h('ul.plain', list.map((one) => h('li', foreign(one.finding), ' ', h('code', foreign(one.id))))));
