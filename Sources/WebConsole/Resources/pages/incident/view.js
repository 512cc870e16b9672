// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How an incident looks.

import { foreign, h } from '../../app/dom.js';
import { number } from '../../app/format.js';
import { n, t, word } from '../../app/i18n.js';
import { burnDown } from '../../components/chart.js';
import { facts, panel } from '../../components/facts.js';
import { pace, peopleOf } from '../../components/pace.js';
import { pill } from '../../components/pill.js';
import { progress } from '../../components/progress.js';
import { actor, said, sentences } from '../../components/said.js';
import { ago, moment } from '../../components/time.js';
import { looks } from '../incidents/page.js';

export function figures(one) {
  const { incident } = one;
  const bar = progress(t('incidents.replaced'));
  bar.set({ done: one.replaced ?? 0, of: one.certificates ?? 0 });
  return h('div.stack',
    h('div.summary', pill(incident.state, { look: looks[incident.state] }), h('span', foreign(incident.because)),
      h('span', t('incidents.deadline'), ' ', moment(incident.deadline), ' (', ago(incident.deadline), ')')),
    isOpen(one) && pace(one, clicking(one)),
    panel(t('incidents.progress'), bar.element,
      h('dl.figures', Object.entries(one.counts ?? {}).filter(([, count]) => count > 0).map(([state, count]) =>
        h('div', h('dt', word('incident', state)), h('dd', number(count))))),
      facts([
        [t('incidents.paceNow'), one.forecast && n('incidents.perHour', Math.round(one.forecast.perHour ?? 0))],
        [t('incidents.needed'), one.neededPerHour != null && n('incidents.perHour', Math.ceil(one.neededPerHour))],
        [t('incidents.bound'), one.forecast?.boundBy && foreign(one.forecast.boundBy)],
        [t('incidents.doneAbout'), moment(one.forecast?.end)],
        [t('incidents.doneBetween'), one.forecast?.latest && h('span', moment(one.forecast.earliest), ' – ', moment(one.forecast.latest))],
        [t('incidents.revoked'), `${number(one.revoked ?? 0)} (${t('incidents.onlyAfter')})`],
      ]), sentences(one.problems)),
    burn(one));
}

const isOpen = (one) => ['running', 'canary', 'paused'].includes(one.incident.state);
const clicking = (one) => peopleOf((one.items ?? []).filter((item) => item.state === 'clickMissing' || (item.state === 'waiting' && ['mustClick', 'unknown'].includes(item.mailboxProof))));

/// What was left when, by the moments at which certificates came into use.
function burn(one) {
  const course = one.course ?? [];
  if (!course.length || !one.certificates) return null;
  const isOver = Boolean(one.incident.endedAt);
  const points = [...course, { at: isOver ? one.incident.endedAt : new Date().toISOString(), left: course.at(-1).left }];
  return panel(t('incidents.burn'), burnDown({ points, start: one.incident.startedAt, deadline: one.incident.deadline, total: one.certificates }));
}

export const people = (one) => (one.items?.length ? panel(t('incidents.open'), h('div.scroll', h('table.data', h('caption.unseen', t('incidents.open')),
  h('thead', h('tr', [t('column.person'), t('column.status'), t('incidents.proof'), t('column.since'), t('column.why')].map((title) => h('th', { scope: 'col' }, title)))),
  h('tbody', one.items.slice(0, 200).map((item) => h('tr',
    h('td', { 'data-label': t('column.person') }, h('a', { href: `/console/people/${encodeURIComponent(item.userPrincipalName)}` }, foreign(item.userPrincipalName))),
    h('td', { 'data-label': t('column.status') }, word('incident', item.state)),
    h('td', { 'data-label': t('incidents.proof') }, word('proof', item.mailboxProof)),
    h('td', { 'data-label': t('column.since') }, ago(item.begunAt ?? item.changedAt)),
    h('td', { 'data-label': t('column.why') }, foreign(item.reason ?? '', t('text.all'))))))))) : null);

export const events = (one) => (one.events?.length ? panel(t('certificate.timeline'), h('ol.plain', one.events.map((event) =>
  h('li', moment(event.at), ' ', h('strong', foreign(actor(event.by))), ' ', said(event.message))))) : null);
