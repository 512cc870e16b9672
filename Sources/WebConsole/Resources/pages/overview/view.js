// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How the overview looks.

import { path } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { clock, number } from '../../app/format.js';
import { n, t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { weeklyBars } from '../../components/chart.js';
import { pill } from '../../components/pill.js';
import { said } from '../../components/said.js';
import { ago, moment } from '../../components/time.js';
import { runNow } from './actions.js';

/// Where to look: the API's words for lists are those of the console.
const placeOf = (path) => `/console${path}`;

/// What somebody must do, the most urgent first; every line leads to its list.
export function needs(overview) {
  const all = overview.needsYou ?? [];
  if (!all.length) return h('section.panelled', h('h2', t('overview.needsNothing')), h('p', t('overview.nothing', { time: clock(overview.at) })));
  return h('section.panelled', h('h2', n('overview.needs', all.length)), h('ul.needs', all.map((one, index) =>
    h('li', { 'data-key': `${one.kind} ${index}` },
      h(`span.symbol.${one.urgent ? 'bad' : 'wait'}`, { 'aria-hidden': 'true' }, one.urgent ? '▲' : '●'),
      h('span.text', said(one.text, t('text.all'), 240)),
      one.since && h('span.muted', ago(one.since)),
      one.path && h('a.button', { href: placeOf(one.path) }, word('overview.do', one.kind))))));
}

/// Whether each template can issue, and what stops it.
export const issuing = (overview) =>
  h('section.panelled', h('h2', t('overview.canIssue')), (overview.canIssue ?? []).length
    ? h('ul.needs', overview.canIssue.map((one) => h('li', { 'data-key': one.template },
      h('span.text', h('a', { href: path('/console/templates/{}', one.template) }, foreign(one.template)), ' ', h('span.muted', foreign(one.backendCA)),
        one.cause && h('div', said(one.cause, t('text.all')))),
      one.off ? pill('none', { text: t('overview.off') }) : one.state === 'waits' ? pill('waiting', { text: t('overview.waits') }) : pill(one.can ? 'yes' : 'no'))))
    : h('p.muted', t('overview.noTemplates')));

/// What the service did last, and when it does it again.
export const lastPass = (overview, reload) =>
  h('section.panelled.stack', h('h2', t('overview.lastPass')), [overview.lastReading, overview.lastPass].filter(Boolean).length
    ? [overview.lastReading, overview.lastPass].filter(Boolean).map((job) => h('div.stack', h('h3', word('job', job.name)), h('dl.facts',
      h('dt', t('overview.ended')), h('dd', job.endedAt ? [moment(job.endedAt), ' (', ago(job.endedAt), ')'] : t('overview.running')),
      Object.entries(job.facts ?? {}).map(([name, value]) => [h('dt', word('fact', name)), h('dd', number(value))]),
      job.problem && [h('dt', t('column.cause')), h('dd', said(job.problem, t('text.all')))],
      job.nextAt && [h('dt', t('overview.nextPass')), h('dd', ago(job.nextAt))]),
    may('runJobs') && actionButton({ label: t('action.runNow'), allowed: job.endedAt != null, reason: t('overview.isRunning'), run: () => runNow(job.name, reload) })))
    : h('p.muted', t('overview.noPass')));

export const weeks = (overview) => (overview.weeks ?? []).some((one) => one.issued || one.renewed || one.ending) &&
  h('section.panelled', h('h2', t('overview.weeks')), weeklyBars(overview.weeks));
