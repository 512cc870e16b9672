// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The one search: anything people quote, every page, and what people come for. One hit opens at once.

import { get, path } from '../app/api.js';
import { foreign, h, replace } from '../app/dom.js';
import { rememberFocus } from '../app/focus.js';
import { n, t, word } from '../app/i18n.js';
import { navigation } from '../app/places.js';
import { go } from '../app/router.js';
import { may } from '../app/session.js';
import { deedsFor } from './deeds.js';
import { announce } from './toast.js';

let isOpen = false;

/// - Parameter text: what stands in the field at first.
export function openPalette(text = '') {
  if (isOpen) return;
  isOpen = true;
  let choices = [];
  let chosen = 0;
  let timer = null;
  let controller = null;
  let wantsFirst = false;
  const giveBack = rememberFocus();
  const list = h('ul', { id: 'palette-list', role: 'listbox', 'aria-label': t('search.results') });
  const field = h('input', {
    type: 'search', placeholder: t('search.placeholder'), 'aria-label': t('search.open'), role: 'combobox', 'aria-expanded': 'true',
    'aria-controls': 'palette-list', autocomplete: 'off', spellcheck: 'false', value: text,
    on: { input: look, keydown: key },
  });
  const element = h('dialog.palette', { 'aria-label': t('search.open') }, field, list, h('p.muted', t('search.knows')));
  element.addEventListener('close', () => { isOpen = false; controller?.abort(); element.remove(); giveBack(); });
  element.addEventListener('click', (event) => { if (event.target === element) element.close(); });
  document.body.append(element);
  element.showModal();
  field.focus();
  look();

  function pages(words) {
    const { main, setUp } = navigation(may);
    const found = [...main, ...setUp].map((place) => ({ title: t(place.nav), kind: 'page', path: place.path }))
      .filter((one) => one.title.toLowerCase().includes(words.toLowerCase()));
    return [...found, ...deedsFor(words)];
  }

  function look() {
    const words = field.value.trim();
    clearTimeout(timer);
    controller?.abort();
    wantsFirst = false;
    show(pages(words));
    if (words.length < 2) return;
    controller = new AbortController();
    const { signal } = controller;
    timer = setTimeout(() => find(words, signal).catch(() => {}), 150);
  }

  /// A verb before the word, such as "revoke 4F:A1", is passed on to what is found.
  async function find(words, signal) {
    const [, verb, rest] = /^(revoke|replace|sperren|ersetzen)\s+(\S.*)$/i.exec(words) ?? [null, null, words];
    const found = await get(path('/go/{}', rest), { signal });
    const items = Array.isArray(found) ? found : (found.items ?? []);
    const task = verb && (/^(revoke|sperren)$/i.test(verb) ? 'revoke' : 'replace');
    const hits = items.map((one) => (task && one.kind === 'certificate' ? { ...one, path: `${one.path}?do=${task}`, verb } : one));
    show([...hits, ...pages(words)], hits.length);
    if (wantsFirst && hits.length === 1) open(0);
  }

  function show(next, hits) {
    [choices, chosen] = [next, 0];
    replace(list, next.map((one, index) => h('li', {
      id: `palette-${index}`, role: 'option', 'aria-selected': String(index === 0), on: { click: () => open(index) },
    }, h('span.kind', word('kind', one.kind)), ' ', one.verb && `${one.verb} `, foreign(one.title))));
    mark();
    if (hits !== undefined) {
      announce(n('search.count', hits));
      if (!next.length) replace(list, h('li.none', t('search.nothing')));
    }
  }

  function mark() {
    [...list.children].forEach((one, index) => one.setAttribute('aria-selected', String(index === chosen)));
    field.setAttribute('aria-activedescendant', choices.length ? `palette-${chosen}` : '');
    list.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }

  function key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && choices.length) {
      chosen = (chosen + step + choices.length) % choices.length;
      mark();
      event.preventDefault();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (choices.length) open(chosen);
      else wantsFirst = true;
    }
  }

  function open(index) {
    const target = choices[index]?.path;
    if (!target) return;
    element.close();
    go(target);
  }
}
