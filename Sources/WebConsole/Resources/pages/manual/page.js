// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The manual: one short page for each kind of person, one for what is set up at Microsoft, and what to do with a file on a device, to which
/// the mails of a hand-over lead.

import { fragment, h } from '../../app/dom.js';
import { language, t, word } from '../../app/i18n.js';
import { markdown } from '../../components/markdown.js';
import { forEachDevice } from '../../components/tap.js';

const names = ['administrator', 'intune', 'helpdesk', 'recovery', 'employee', 'hand-over', 'integrator', 'problems'];

export async function open(page) {
  const name = names.find((one) => one === page.parameters.name);
  page.title(name ? word('manual', name) : t('manual.title'));
  const others = h('nav.presets', { 'aria-label': t('manual.title') }, names.map((one) => h('a.button.tab', {
    href: `/manual/${one}`, 'aria-current': one === name ? 'page' : null }, word('manual', one))));
  if (!name) return page.show(fragment(h('p', t('manual.choose')), others));
  if (name === 'hand-over') return page.show(fragment(others, h('p', t('manual.handOverText')), forEachDevice()));
  // A file of the console, under its own address.
  const answer = await fetch(new URL(`../../manual/${name}.${language()}.md`, import.meta.url), { signal: page.signal });
  page.show(fragment(others, answer.ok ? markdown(await answer.text(), { pictures: new URL('../../manual/pictures', import.meta.url).pathname }) : h('p', t('manual.missing'))));
  // What a problem's type leads to.
  const place = document.getElementById(`word-${location.hash.slice(1)}`);
  if (!place) return;
  place.tabIndex = -1;
  place.focus();
  place.scrollIntoView();
}
