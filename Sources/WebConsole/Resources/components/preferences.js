// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Choices of the header: language, theme, and the menu of the person.

import { h } from '../app/dom.js';
import { language, languages, t, word } from '../app/i18n.js';
import { current, roles, signOut } from '../app/session.js';
import { preference, prefer } from '../app/store.js';
import { menu, menuItem } from './menu.js';
import { toast } from './toast.js';

/// - Parameter use: gets the name of the language.
export const languageChoice = (use) =>
  h('div.choice', { role: 'group', 'aria-label': t('preference.language') }, languages.map((name) =>
    h('button', { type: 'button', lang: name, 'aria-pressed': String(name === language()), title: word('language', name), on: { click: () => use(name) } },
      name.toUpperCase())));

export const themeMenu = () =>
  menu(h('span', { 'aria-hidden': 'true' }, '◐'), (close) => ['system', 'light', 'dark'].map((name) =>
    menuItem(word('theme', name), () => { prefer('theme', name); close(); }, { isCurrent: preference('theme', 'system') === name })),
  { title: t('preference.theme'), align: 'end' });

const toggle = (name, otherwise, label, after) =>
  h('label.check', h('input', {
    type: 'checkbox', checked: preference(name, otherwise) === true,
    on: { change: (event) => { prefer(name, event.currentTarget.checked); after?.(); } },
  }), ' ', label);

export function personMenu(redraw) {
  const session = current();
  const compact = h('label.check', h('input', {
    type: 'checkbox', checked: preference('rows') === 'compact',
    on: { change: (event) => prefer('rows', event.currentTarget.checked ? 'compact' : 'normal') },
  }), ' ', t('preference.compact'));
  return menu([h('span.name', session?.name ?? ''), h('span.glyph', { 'aria-hidden': 'true' }, '◉')], () => [
    h('div.who', h('strong', session?.name ?? ''), h('div', roles().map((one) => word('role', one)).join(', ')),
      session?.origin && h('small', session.origin)),
    compact,
    toggle('utc', false, t('preference.utc'), () => redraw()),
    toggle('letters', true, t('preference.letters')),
    roles().length > 0 && h('a.item', { href: '/my' }, t('nav.my')),
    h('button.item', { type: 'button', on: { click: leave } }, t('session.signOut')),
  ], { align: 'end', className: 'who', title: t('preference.person', { name: session?.name ?? '' }) });
}

async function leave() {
  try {
    location.assign(await signOut());
  } catch {
    toast(t('problem.offline'), { tone: 'bad' });
  }
}
