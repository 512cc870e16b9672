// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What happened, oldest first: repeats folded, long gaps named, failures alone on demand.

import { h, replace } from '../app/dom.js';
import { span } from '../app/format.js';
import { n, t, word } from '../app/i18n.js';
import { said } from './said.js';
import { second } from './time.js';

const day = 86_400_000;
const isFailure = (event) => /fail|refus|reject|hold|held|lost|error|doubt|expired|lapsed/i.test(event.kind) || ['rejected', 'failed'].includes(event.stage);
const isGood = (event) => /^(issued|delivered|published|active|completed|found|archived)$/i.test(event.kind);

/// The same kind with the same words after each other, as one.
function folded(events) {
  const groups = [];
  for (const event of events) {
    const last = groups.at(-1);
    if (last && last[0].kind === event.kind && last[0].message === event.message) last.push(event);
    else groups.push([event]);
  }
  return groups;
}

/// - Parameter events: `[{at, stage, kind, message, data}]`.
export function timeline(events) {
  let onlyFailures = false;
  let folds = true;
  const list = h('ol.timeline');
  const failures = events.filter(isFailure).length;
  const show = (isFailures) => h('button', { type: 'button', 'aria-pressed': String(onlyFailures === isFailures), on: { click: () => { onlyFailures = isFailures; draw(); } } },
    isFailures ? n('timeline.failures', failures) : t('timeline.all'));
  const bar = h('div.row');
  draw();
  return h('div.stack', bar, list);

  function draw() {
    replace(bar, h('div.presets', show(false), show(true)), h('label.check', h('input', { type: 'checkbox', checked: folds, on: { change: (event) => { folds = event.currentTarget.checked; draw(); } } }), ' ', t('timeline.fold')));
    const shown = onlyFailures ? events.filter(isFailure) : events;
    const groups = folds ? folded(shown) : shown.map((event) => [event]);
    let before = null;
    replace(list, groups.map((group) => {
      const gap = before && new Date(group[0].at) - new Date(before) > day
        ? h('li.gap', h('span'), h('span.mark', '⋮'), h('span.what', t('timeline.gap', { span: span(before, group[0].at) }))) : null;
      before = group.at(-1).at;
      return [gap, line(group)];
    }), !groups.length && h('li', h('span'), h('span.mark'), h('span.what.muted', t('timeline.nothing'))));
  }

  function line(group) {
    const [event] = group;
    const tone = isFailure(event) ? 'bad' : isGood(event) ? 'good' : '';
    const rest = Object.keys(event.data ?? {}).length > 0;
    return h('li', { class: tone }, second(event.at),
      h('span.mark', { 'aria-hidden': 'true' }, tone === 'bad' ? '✗' : tone === 'good' ? '✓' : '●'),
      h('div.what', h('strong', word('event', event.kind)), ' ', said(event.message, t('text.all')),
        group.length > 1 && h('div.fold', n('timeline.times', group.length, { span: span(event.at, group.at(-1).at) }), ' ',
          h('button.link', { type: 'button', on: { click: () => { folds = false; draw(); } } }, t('timeline.unfold'))),
        rest && h('details', h('summary.small', t('timeline.data')), h('pre', JSON.stringify(event.data, null, 1)))));
  }
}
