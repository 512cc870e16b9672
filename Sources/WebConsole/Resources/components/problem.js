// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What went wrong, as a person can use it: the cause first, who must act, the next step, an id to copy; details folded.

import { foreign, h } from '../app/dom.js';
import { clock } from '../app/format.js';
import { n, t, word } from '../app/i18n.js';
import { current, roles } from '../app/session.js';
import { copy } from './copy.js';
import { placeFaults } from './faults.js';
import { said } from './said.js';

function cause(problem) {
  if (problem.isOffline) return t('problem.offline');
  if (problem.code === 'foreignAnswer') return t('problem.foreign', { status: problem.status });
  return problem.detail ?? problem.title ?? t('problem.noWords', { status: problem.status });
}

/// The whole box. - Parameter again: what the button "Try again" does; nil for no button.
export function problemBox(problem, { again, isFull = false } = {}) {
  const heading = problem.title && problem.title !== problem.detail ? problem.title : t('problem.title');
  return h(`section.problem${isFull ? '.full' : ''}`, { role: 'alert' },
    h('h2', h('span.symbol', { 'aria-hidden': 'true' }, '✗ '), foreign(heading)),
    problem.errors?.some((error) => error.pointer) ? faultList(problem.errors) : h('p', said(cause(problem), t('text.all'))),
    h('dl.facts',
      problem.actor && [h('dt', t('problem.actor')), h('dd', word('actor', problem.actor))],
      problem.nextStep && [h('dt', t('problem.next')), h('dd', said(problem.nextStep))]),
    again && h('p', h('button', { type: 'button', on: { click: again } }, t('button.again'))),
    (problem.id || problem.code || problem.status > 0) && h('details',
      h('summary', t('problem.details')),
      h('dl.facts',
        problem.code && [h('dt', t('problem.code')), h('dd', h('code', foreign(problem.code)))],
        problem.status > 0 && [h('dt', 'HTTP'), h('dd', problem.status)],
        problem.id && [h('dt', t('problem.id')), h('dd', copy(problem.id))]),
      String(problem.type ?? '').startsWith('/manual/') && h('p', h('a', { href: problem.type, target: '_blank' }, t('help.manual')))));
}

const faultList = (errors) => errors.length > 0 && h('ul', errors.map((error) => h('li', error.pointer && h('code', foreign(error.pointer)), ' ', said(error.detail))));

/// A problem in one line, for a form or a dialog that keeps its input.
/// - Parameter form: what is wrong with a field of it is said there, and only there.
export function problemLine(problem, form = null) {
  const errors = problem.errors ?? [];
  const rest = form ? placeFaults(form, errors) : errors;
  const placed = errors.length - rest.length;
  // The detail of what is wrong in several places repeats each of them.
  const isRepeated = errors.some((error) => error.pointer);
  const isAllPlaced = placed > 0 && !rest.length;
  return h('div.problem.small', { role: 'alert', tabindex: '-1' },
    h('strong', h('span.symbol', { 'aria-hidden': 'true' }, '✗ '), placed > 0 ? n('form.faults', errors.length)
      : said(isRepeated && problem.title ? problem.title : cause(problem), t('text.all'))),
    faultList(rest.filter((error) => error.pointer || error.detail !== problem.detail)),
    problem.nextStep && !isAllPlaced && h('p', said(problem.nextStep)));
}

/// Beside content that could not be read again: since when, and when the next try is. It tries by itself until the page is left.
export function staleNote(problem, again, signal) {
  let left = problem.isOffline ? 5 : 15;
  const rest = h('span', t('stale.next', { seconds: left }));
  const timer = setInterval(() => {
    left -= 1;
    rest.textContent = t('stale.next', { seconds: Math.max(0, left) });
    if (left > 0) return;
    clearInterval(timer);
    again();
  }, 1000);
  signal?.addEventListener('abort', () => clearInterval(timer), { once: true });
  return h('div.note.wait', { role: 'status' },
    h('span.symbol', { 'aria-hidden': 'true' }, '▲ '),
    h('span', problem.isOffline ? t('stale.lost', { time: clock(new Date()) }) : foreign(cause(problem))), ' ', rest, ' ',
    h('button.link', { type: 'button', on: { click: () => { clearInterval(timer); again(); } } }, t('button.again')));
}

/// A page that this role may not see: what it needs, what one is, whom to ask.
export function denied(permission) {
  const session = current();
  return h('section.problem', { role: 'alert' },
    h('h2', t('denied.title')),
    h('p', t('denied.text', {
      needed: word('permission', permission), name: session?.name ?? '', roles: roles().map((one) => word('role', one)).join(', ') || t('denied.noRole'),
      origin: session?.origin ?? '',
    })),
    h('p', t('denied.ask')));
}

/// Something that is not here (any more), with the search prefilled.
export function nowhere(what) {
  return h('section.empty',
    h('h2', t('gone.text', { what })),
    h('p', t('gone.why')),
    h('button', { type: 'button', on: { click: async () => (await import('./palette.js')).openPalette(what) } }, t('search.open')));
}

/// Nothing to show: what will be here and why it is empty; with one thing to do.
export const empty = ({ title, text, action }) =>
  h('section.empty', h('h2', title), text && h('p', text), action ?? null);
