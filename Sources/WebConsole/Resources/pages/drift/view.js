// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The report, kind by kind, and what becomes of differences.

import { path } from '../../app/api.js';
import { foreign, fragment, h, replace } from '../../app/dom.js';
import { number } from '../../app/format.js';
import { n, t, word } from '../../app/i18n.js';
import { panel } from '../../components/facts.js';
import { pill } from '../../components/pill.js';
import { said } from '../../components/said.js';
import { table } from '../../components/table.js';
import { moment } from '../../components/time.js';

/// Rows shown at once.
const page = 50;
const gravity = { danger: ['✗', 'bad'], fault: ['▲', 'wait'], note: ['○', 'neutral'] };
const becomes = { would: ['○', 'neutral'], mended: ['✓', 'good'], asked: ['✓', 'wait'], left: ['▲', 'bad'], waits: ['○', 'neutral'] };

/// When the service compares by itself, and how the last time went.
export function schedule(when) {
  const last = when.lastRun;
  return fragment(
    h('p.muted', when.every ? t('drift.every', { every: when.every }) : t('drift.byHand'),
      when.every && !when.paused && last?.nextAt && [', ', t('drift.next'), ' ', moment(last.nextAt)]),
    when.paused && h('p.note', t('drift.paused')),
    when.running && h('p.note', t('drift.comparing')),
    last?.problem && h('p.note', t('drift.failed'), ' ', foreign(last.problem, t('text.all'), 200)));
}

/// - Parameter mend: gets the button and the kind; null for who may not.
export function report(found, mend) {
  return fragment(
    h('p.muted', t('drift.at'), ' ', moment(found.readAt)),
    found.findings.length < found.total && h('p.muted', t('drift.gravest', { count: number(found.findings.length), all: number(found.total) })),
    places(found.places),
    found.total === 0 ? h('section.empty', h('h2', t('drift.none'))) : found.kinds.map((kind) => group(kind, found.findings.filter((one) => one.kind === kind.kind), mend)));
}

function places(all) {
  const missed = all.filter((one) => one.reason !== null || one.gaps.length > 0);
  return missed.length > 0 && panel(t('drift.notCompared'), h('ul.plain', missed.map((one) => h('li', h('strong', foreign(one.title), one.name && [', ', foreign(one.name)]), ': ', said(one.reason ?? one.gaps.join('; '), t('text.all'))))));
}

function group(kind, findings, mend) {
  const rows = table({ caption: kind.sentence, columns: columns(), rowKey: (one) => one.id, isBound: false });
  const more = h('div.more');
  const show = (upTo) => {
    rows.set(findings.slice(0, upTo));
    replace(more, findings.length > upTo && h('button', { type: 'button', on: { click: () => show(upTo + page) } }, n('list.more', Math.min(page, findings.length - upTo))));
  };
  show(page);
  const [first] = findings;
  const button = mend && !['person', 'wait'].includes(kind.repair) && h('button', { type: 'button', 'data-kind': kind.kind, on: { click: () => mend(button, kind.kind) } }, t('drift.lookAtRepair'));
  return panel(fragment(pill(kind.severity, { look: gravity[kind.severity], text: word('gravity', kind.severity) }), ' ', said(kind.sentence), ' ', h('span.counter', number(kind.count))),
    first && h('p', t('drift.cause'), ' ', said(first.cause)),
    first && h('p', kind.repair === 'person' ? t('drift.person') : kind.repair === 'wait' ? '' : t('drift.remedy'), ' ', said(kind.remedy ?? first.remedy)),
    kind.waiting > 0 && kind.waiting < kind.count && h('p.muted', n('drift.waiting', kind.waiting)),
    button && h('div.actions', button), rows.element, more);
}

const columns = () => [
  { title: t('column.person'), cell: (one) => (one.userPrincipalName ? h('a', { href: path('/console/people/{}', one.userPrincipalName) }, foreign(one.userPrincipalName)) : '') },
  { title: t('field.serial'), cell: (one) => (one.certificate ? h('a', { href: path('/console/certificates/{}', one.certificate) }, h('code', foreign((one.serialNumber ?? '').slice(0, 16)))) : h('code', foreign((one.serialNumber ?? '').slice(0, 16)))) },
  { title: t('column.template'), cell: (one) => foreign(one.template ?? ''), className: 'optional' },
  { title: t('drift.where'), cell: (one) => foreign([one.place, one.detail].filter(Boolean).join(': '), t('text.all'), 200) },
];

/// - Parameter action: the button that does what is shown; false where there is nothing to do.
export function outcomes(result, action = false) {
  const rows = table({ caption: t('drift.becomes'), columns: outcomeColumns(), rowKey: (one) => one.id, isBound: false });
  rows.set(result.outcomes.slice(0, page));
  return panel(result.dryRun ? t('drift.would') : t('drift.done'),
    result.outcomes.length ? rows.element : h('p.muted', t('drift.gone')),
    result.total > page && h('p.muted', n('drift.others', result.total - Math.min(page, result.outcomes.length))),
    result.problems.length > 0 && h('p', h('strong', t('drift.notSeen')), ': ', foreign(result.problems.join('; '), t('text.all'), 200)),
    result.asked > 0 && h('p', t('drift.later')), action && h('div.actions', action));
}

const outcomeColumns = () => [
  { title: t('column.person'), cell: (one) => foreign(one.userPrincipalName ?? '') },
  { title: t('drift.becomes'), cell: (one) => pill(one.outcome, { look: becomes[one.outcome], text: word('mend', one.outcome) }) },
  { title: t('column.why'), cell: (one) => said(one.said, t('text.all'), 200) },
];
