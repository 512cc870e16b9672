// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The manual: one short page for each kind of person.

import { fragment, h } from '../../app/dom.js';
import { language, t, word } from '../../app/i18n.js';
import { markdown } from '../../components/markdown.js';

const names = ['administrator', 'helpdesk', 'recovery', 'employee', 'integrator'];

export async function open(page) {
  const name = names.find((one) => one === page.parameters.name);
  page.title(name ? word('manual', name) : t('manual.title'));
  const others = h('nav.presets', { 'aria-label': t('manual.title') }, names.map((one) => h('a.button.tab', {
    href: `/manual/${one}`, 'aria-current': one === name ? 'page' : null }, word('manual', one))));
  if (!name) return page.show(fragment(h('p', t('manual.choose')), others));
  // A file of the console, under its own address.
  const answer = await fetch(new URL(`../../manual/${name}.${language()}.md`, import.meta.url), { signal: page.signal });
  return page.show(fragment(others, answer.ok ? markdown(await answer.text()) : h('p', t('manual.missing'))));
}
