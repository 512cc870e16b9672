// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Who can open the archive, and encrypting it for others: looked at first, and then meant by a number that is typed.

import { newKey } from '../../app/api.js';
import { foreign, h, replace } from '../../app/dom.js';
import { number } from '../../app/format.js';
import { n, t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { commandPart, shellWord } from '../../components/command.js';
import { act } from '../../components/dialog.js';
import { operation } from '../../components/operation.js';
import { pill } from '../../components/pill.js';
import { problemLine } from '../../components/problem.js';
import { progress } from '../../components/progress.js';
import { said } from '../../components/said.js';
import { table } from '../../components/table.js';
import { dayAndAgo } from '../../components/time.js';
import { toast } from '../../components/toast.js';
import { typedCount } from '../../components/typed.js';

export async function agents(page, place) {
  const { items } = await page.get('/key-recovery-agents', { query: { limit: 200 }, quiet: true });
  const rows = table({ caption: t('agents.title'), rowKey: (one) => one.name, isBound: false, columns: [
    { title: t('agents.name'), cell: (one) => h('span', foreign(one.name), one.subject && h('span.sub', foreign(one.subject))) },
    { title: t('column.ends'), cell: (one) => (one.problem ? said(one.problem, t('text.all'), 160) : dayAndAgo(one.notAfter)) },
    { title: t('agents.key'), cell: (one) => pill(one.usable ? 'yes' : 'none', { text: one.usable ? t('agents.keyHere') : t('agents.keyElsewhere') }) },
    { title: t('agents.templates'), cell: (one) => foreign(one.templates.join(', ')), className: 'optional' },
  ] });
  rows.set(items);
  const canOpen = items.some((one) => one.usable);
  const done = h('div', { role: 'status' });
  replace(place, h('div.stack', items.length ? rows.element : h('p.muted', t('agents.none')),
    items.length > 0 && may('requestRecovery') && (canOpen
      ? h('div.actions', h('button', { type: 'button', 'data-action': 'rewrap', on: { click: () => rewrap(page, items, done) } }, t('rewrap.more')))
      : h('p.muted', t('rewrap.elsewhere'), ' ', h('code', 'certway key rewrap --to … --agent-certificate … --agent-key …'))), done));
}

/// - Parameter place: where it is shown what came of it.
function rewrap(page, items, place) {
  const [plan, bar] = [h('div', { role: 'status' }), progress(t('rewrap.title'))];
  let [typed, shown] = [null, null];
  const chosen = (form) => ({ to: [...form.querySelectorAll('input[name=to]:checked')].map((one) => one.value) });
  const look = h('button', { type: 'button', on: { click: lookFirst } }, t('many.look'));
  const dialog = act({
    title: t('rewrap.title'), verb: t('rewrap.verb'), danger: true, isWide: true,
    body: [h('p', t('rewrap.text')),
      h('fieldset', h('legend', t('rewrap.to')), h('div.row', items.map((one) => h('label.check', h('input', { type: 'checkbox', name: 'to', value: one.name, on: { change: forget } }), ' ', foreign(one.name))))),
      h('p', look), plan,
      commandPart((form) => ({ line: ['certway key rewrap', ...chosen(form).to.map((name) => `--to ${shellWord(name)}`)].join(' '), call: { method: 'POST', address: '/key-rewraps', body: chosen(form) } }))],
    isReady: () => typed?.isRight() ?? false,
    run: async ({ key, form }) => {
      replace(plan, shown, bar.element);
      const done = await operation('/key-rewraps', chosen(form), { key, signal: page.signal, onProgress: ({ done: ready, of }) => bar.set({ done: ready, of }) });
      if (!done) return;
      if (done.complete) toast(n('rewrap.done', done.rewrapped));
      replace(place, outcome(done));
    },
  });
  const form = dialog.element.querySelector('form');

  /// Another choice makes what was shown worth nothing.
  function forget() {
    [typed, shown] = [null, null];
    replace(plan);
    dialog.check();
  }

  async function lookFirst() {
    forget();
    const asked = chosen(form);
    if (!asked.to.length) return replace(plan, h('p.note', t('rewrap.choose')));
    try {
      const would = await operation('/key-rewraps?dryRun=true', asked, { key: newKey(), signal: page.signal });
      if (!would || JSON.stringify(asked) !== JSON.stringify(chosen(form))) return;
      typed = would.rewrapped > 0 ? typedCount(would.rewrapped) : null;
      shown = outcome(would);
      replace(plan, shown, typed?.element);
    } catch (problem) {
      replace(plan, problemLine(problem, form));
    }
    dialog.check();
  }
}

/// What came of it, or would.
const outcome = (one) => h('div.note',
  h('div', one.dryRun ? n('rewrap.would', one.rewrapped, { all: number(one.archived) }) : n('rewrap.were', one.rewrapped, { all: number(one.archived) }), ' ', one.unchanged > 0 && n('rewrap.unchanged', one.unchanged)),
  one.readableByFormer.length > 0 && [h('div', one.dryRun ? t('rewrap.before') : t('rewrap.after')), h('ul', one.readableByFormer.map((former) => h('li', foreign(former.name), ': ', n('rewrap.opens', former.entries))))],
  one.failures.length > 0 && [h('div', t('rewrap.failed')), h('ul', one.failures.map((fault) => h('li', foreign(fault.userPrincipalName), ': ', said(fault.reason, t('text.all'), 160))))]);
