// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The plan of moving in: what fits, what does not and why, and for how many people is ordered all the same.

import { path, post } from '../../app/api.js';
import { foreign, h, replace } from '../../app/dom.js';
import { number } from '../../app/format.js';
import { n, t, word } from '../../app/i18n.js';
import { act } from '../../components/dialog.js';
import { panel } from '../../components/facts.js';
import { pill } from '../../components/pill.js';
import { sentences } from '../../components/said.js';
import { table } from '../../components/table.js';
import { day } from '../../components/time.js';
import { typedCount } from '../../components/typed.js';

/// From so many on the number is typed.
const many = 20;
/// Rows shown at once.
const page = 100;
const looks = { adopt: ['✓', 'good'], adoptAndReplace: ['✓', 'wait'], leave: ['○', 'neutral'] };

/// - Parameters:
///   - asked: what was looked at, sent again when it is carried out.
///   - mayDo, done: whether it can be carried out, and what is told then.
export function plan(found, { asked, mayDo = false, done }) {
  const rows = h('div.stack');
  const groups = ['adopt', 'adoptAndReplace', 'leave'].filter((name) => found.certificates.some((one) => one.outcome === name));
  const show = (name, upTo = page) => {
    const all = found.certificates.filter((one) => one.outcome === name);
    const view = table({ caption: word('adopt', name), columns: columns(), rowKey: (one) => one.sha256Fingerprint, isBound: false });
    view.set(all.slice(0, upTo));
    replace(rows, h('div.presets', { role: 'group', 'aria-label': t('adoption.groups') }, groups.map((one) => h('button', {
      type: 'button', 'aria-pressed': String(one === name), on: { click: () => show(one) } }, word('adopt', one), ' ',
    h('span.counter', number(found.certificates.filter((entry) => entry.outcome === one).length))))), view.element,
    all.length > upTo && h('div.more', h('button', { type: 'button', on: { click: () => show(name, upTo + page) } }, n('list.more', Math.min(page, all.length - upTo)))));
  };
  if (groups.length) show(groups[0]);
  return panel(found.dryRun ? t('adoption.plan') : t('adoption.done'),
    h('p.answer', n(found.dryRun ? 'adoption.would' : 'adoption.adopted', found.adopted, { found: number(found.found) }),
      found.toBeReplaced > 0 && [' ', n('adoption.replaced', found.toBeReplaced)]),
    found.problems.length > 0 && h('div.note.wait', h('strong', t('adoption.problems')), sentences(found.problems)),
    found.toOrder.length > 0 && h('ul.plain', found.toOrder.map((one) => h('li', h('strong', foreign(one.template)), ': ',
      one.after === null ? t('adoption.unknown') : n('adoption.orders', one.after, { before: number(one.before) })))),
    groups.length ? rows : h('p.muted', t('adoption.nothing')),
    mayDo && found.dryRun && found.adopted > 0 && h('div.actions', h('button.primary', { type: 'button', 'data-action': 'adopt', on: { click: () => carryOut(found, asked, done) } }, n('adoption.verbMore', found.adopted))));
}

const columns = () => [
  { title: t('adoption.becomes'), cell: (one) => pill(one.outcome, { look: looks[one.outcome], text: word('adopt', one.outcome) }) },
  { title: t('column.person'), cell: (one) => (one.userPrincipalName
    ? h('a', { href: path('/console/people/{}', one.userPrincipalName) }, foreign(one.userPrincipalName)) : foreign((one.emails ?? []).join(', '))) },
  { title: t('column.template'), cell: (one) => foreign(one.template ?? '') },
  { title: t('column.ends'), cell: (one) => day(one.validTo) },
  { title: t('field.serial'), cell: (one) => h('code', foreign(one.serialNumber.slice(0, 16))), className: 'optional' },
  { title: t('column.why'), cell: (one) => h('span', foreign(one.reason, t('text.all'), 200), one.inIntune && h('span.sub', t('adoption.inIntune')), h('span.sub', foreign(one.foundIn))) },
];

function carryOut(found, asked, done) {
  const typed = found.adopted >= many ? typedCount(found.adopted) : null;
  act({
    title: n('adoption.title2', found.adopted), verb: n('adoption.verb', found.adopted),
    body: [h('p', t('adoption.effect')), typed?.element], isReady: () => typed?.isRight() ?? true,
    run: async ({ key }) => done(await post('/adoptions', { ...asked, expect: found.adopted }, { key })),
  });
}
