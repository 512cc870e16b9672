// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// An editor of a part of the configuration as text: what was typed beside what is stored, the effect before it is stored, and both versions where somebody
/// was faster. What was typed stays until it is stored or thrown away.

import { Problem, put } from '../app/api.js';
import { h, replace } from '../app/dom.js';
import { t } from '../app/i18n.js';
import { may } from '../app/session.js';
import { actionButton } from './action.js';
import { changesOf } from './configuration.js';
import { act } from './dialog.js';
import { diff } from './diff.js';
import { effectOf } from './effect.js';
import { panel } from './facts.js';
import { working } from './loading.js';
import { problemLine } from './problem.js';
import { toast } from './toast.js';

/// - Parameters:
///   - page: keeps the draft over Back.
///   - read: async; `{text, etag}` of what is stored, with the version of the whole document.
///   - body: makes of the text what is sent; the text itself when nil.
///   - query: of the call, such as `{keep: true}` for a part.
///   - label, rows: of the field.
///   - onStored: called after it was stored.
/// - Returns: nodes.
/// - Throws: `Problem` when it cannot be read.
export async function documentEditor({ page, read, body = (text) => text, query, label, rows = 28, onStored = () => {} }) {
  let stored = await read();
  const draft = page.memory.draft;
  const text = h('textarea.code', { rows, spellcheck: 'false', autocomplete: 'off', 'aria-label': label, readonly: !may('configure') });
  text.value = draft?.text ?? stored.text;
  const about = h('div.stack', { role: 'status' });
  const bar = h('div.actions', { role: 'group', 'aria-label': t('action.group') });
  const note = h('div');
  // What was typed against an older version is not silently put on the new one.
  if (draft && draft.etag !== stored.etag) faster(draft.text, draft.base);
  text.addEventListener('input', () => { page.memory.draft = { text: text.value, etag: stored.etag, base: stored.text }; replace(about); draw(); });

  const isChanged = () => text.value !== stored.text;
  function draw() {
    replace(bar,
      actionButton({ label: t('configuration.look'), key: 'look', allowed: isChanged(), reason: t('configuration.same'), run: look }),
      actionButton({ label: t('configuration.store'), kind: 'primary', key: 'store', allowed: isChanged() && may('configure'), reason: may('configure') ? t('configuration.same') : t('configuration.mayNot'), run: store }),
      isChanged() && h('button', { type: 'button', on: { click: () => { text.value = stored.text; delete page.memory.draft; replace(about); replace(note); draw(); } } }, t('configuration.discard')));
  }

  const send = (options) => put('/configuration', body(text.value), { type: 'application/yaml', ifMatch: stored.etag, query, ...options });

  async function look() {
    try {
      const { data } = await working(send({ dryRun: true }));
      replace(about, panel(t('configuration.effect'), changesOf(data), diff(stored.text, text.value), await effectOf(data)));
    } catch (problem) {
      await trouble(problem);
    }
  }

  async function store() {
    let effect;
    try {
      effect = (await working(send({ dryRun: true }))).data;
    } catch (problem) { return trouble(problem); }
    const more = await effectOf(effect);
    act({
      title: t('configuration.storeTitle'), verb: t('configuration.store'), isWide: true, danger: effect.changes.some((one) => one.change === 'removed'),
      body: [changesOf(effect), diff(stored.text, text.value), more],
      run: async ({ key }) => {
        const kept = text.value;
        try {
          const { etag } = await send({ key });
          stored = { text: kept, etag };
          delete page.memory.draft;
          replace(about);
          replace(note);
          draw();
          toast(t('configuration.stored'));
          onStored();
        } catch (problem) {
          if (problem.status !== 412) throw problem;
          await trouble(problem);
        }
      },
    });
  }

  async function trouble(problem) {
    if (!(problem instanceof Problem) || problem.status !== 412) return replace(about, problemLine(problem));
    const base = stored.text;
    stored = await working(read());
    replace(about);
    faster(text.value, base);
    draw();
  }

  /// Somebody stored another version meanwhile: theirs and one's own, each against what both began with.
  function faster(mine, base) {
    replace(note, h('section.note.wait.stack', { role: 'alert' }, h('h2', t('configuration.faster')), h('p', t('configuration.fasterText')),
      h('h3', t('configuration.theirs')), diff(base, stored.text), h('h3', t('configuration.mine')), diff(base, mine),
      h('div.actions', h('button', { type: 'button', on: { click: () => { text.value = stored.text; delete page.memory.draft; replace(note); draw(); } } }, t('configuration.takeTheirs')),
        h('button', { type: 'button', on: { click: () => replace(note) } }, t('configuration.keepMine')))));
  }

  draw();
  return [note, h('label.field', h('span', label), text), bar, about];
}
