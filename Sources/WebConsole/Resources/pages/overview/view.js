// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How the overview looks.

import { foreign, h } from '../../app/dom.js';
import { number } from '../../app/format.js';
import { n, t, word } from '../../app/i18n.js';
import { actionBar } from '../../components/action.js';
import { weeklyBars } from '../../components/chart.js';
import { pill } from '../../components/pill.js';
import { ago, moment } from '../../components/time.js';
import { runNow } from './actions.js';

const tones = { failed: ['✗', 'bad'], bad: ['▲', 'bad'], warning: ['▲', 'wait'], wait: ['●', 'wait'] };

/// What somebody must do, the oldest harm first; every line leads to its list.
export function needs(overview) {
  const all = overview.needsYou ?? [];
  if (!all.length) {
    return h('section.panelled', h('h2', n('overview.needs', 0)), h('p', t('overview.nothing')));
  }
  return h('section.panelled', h('h2', n('overview.needs', all.length)), h('ul.needs', all.map((one) => {
    const [symbol, tone] = tones[one.tone ?? one.verdict] ?? tones.wait;
    return h('li', { 'data-key': one.path },
      h(`span.symbol.${tone}`, { 'aria-hidden': 'true' }, symbol),
      h('span.text', foreign(one.text, t('text.all'))),
      one.since && h('span.muted', ago(one.since)),
      one.path && h('a.button', { href: one.path }, word('overview.do', one.action ?? 'look')));
  })));
}

/// Whether each template can issue, and what stops it.
export const issuing = (overview) =>
  h('section.panelled', h('h2', t('overview.canIssue')), (overview.issuing ?? []).length
    ? h('ul.needs', overview.issuing.map((one) => h('li', { 'data-key': one.template },
      h('span.text', h('a', { href: `/console/templates/${encodeURIComponent(one.template)}` }, foreign(one.template)), one.reason && h('span.sub.muted', ' ', foreign(one.reason))),
      pill(one.can ? 'yes' : 'no'))))
    : h('p.muted', t('overview.noTemplates')));

export function lastPass(overview, reload) {
  const pass = overview.lastPass;
  return h('section.panelled.stack', h('h2', t('overview.lastPass')),
    pass?.endedAt || pass?.at
      ? h('dl.facts',
        h('dt', t('overview.ended')), h('dd', moment(pass.endedAt ?? pass.at), ' (', ago(pass.endedAt ?? pass.at), ')'),
        pass.people != null && [h('dt', t('people.title')), h('dd', number(pass.people))],
        pass.orders != null && [h('dt', t('overview.orders')), h('dd', number(pass.orders))],
        pass.nextAt && [h('dt', t('overview.nextPass')), h('dd', ago(pass.nextAt))])
      : h('p.muted', t('overview.noPass')),
    actionBar(overview.actions, { runNow: { label: t('action.runNow'), run: () => runNow(reload) } }));
}

export const weeks = (overview) => (overview.weeks ?? []).length > 0 &&
  h('section.panelled', h('h2', t('overview.weeks')), weeklyBars(overview.weeks));
