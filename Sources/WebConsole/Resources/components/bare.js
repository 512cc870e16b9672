// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The frame of pages without navigation: sign-in, status, and what an employee sees.

import { h, one, replace } from '../app/dom.js';
import { t, useLanguage } from '../app/i18n.js';
import { again } from '../app/router.js';
import { languageChoice, themeMenu } from './preferences.js';

export function bareFrame() {
  const root = one('#console');
  const main = h('div', { id: 'page' });
  const heading = h('h1', { tabindex: '-1' });
  const notes = h('div.notes');
  const tools = h('div.person');
  const header = h('header.top.bare', h('span.brand', 'Certway'), tools);
  const speak = async (name) => {
    await useLanguage(name, { keep: true });
    fillTools();
    again();
  };
  const fillTools = () => replace(tools, languageChoice(speak), themeMenu());
  fillTools();
  return {
    main,
    attach() {
      if (header.isConnected) return;
      replace(root, header, h('main', { id: 'main' }, h('div.card', heading, notes, main)));
      document.body.classList.add('bare');
    },
    opened() { replace(notes); replace(main); },
    head({ title, isProblem }) {
      replace(heading, title);
      document.title = isProblem ? t('problem.prefix', { title: `${title} · Certway` }) : `${title} · Certway`;
    },
    asOf() {},
    note(node) { replace(notes, node); },
    banner() {},
    reach() {},
    counter() {},
  };
}
