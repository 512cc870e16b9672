// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What stands around every page: header with search, navigation, the page's head with its state and its commands.

import { fill, h, one, replace, visible } from '../app/dom.js';
import { clock } from '../app/format.js';
import { onStream } from '../app/events.js';
import { t } from '../app/i18n.js';
import { bind, forgetPage } from '../app/keys.js';
import { navigation, places } from '../app/places.js';
import { go } from '../app/router.js';
import { current, may } from '../app/session.js';
import { toClipboard } from './copy.js';
import { startCounters } from './counters.js';
import { languageChoice, personMenu, themeMenu } from './preferences.js';

// What is not there at the first look is loaded when somebody asks for it.
const helpDialog = async () => (await import('./help.js')).helpDialog();
const openPalette = async () => (await import('./palette.js')).openPalette();
const commandDialog = async (page) => (await import('./command.js')).commandDialog(page);

/// - Parameter redraw: draws everything anew in a language.
export function drawFrame({ redraw }) {
  const root = one('#console');
  const main = h('div', { id: 'page' });
  const heading = h('h1', { tabindex: '-1' });
  const crumbs = h('nav.crumbs', { 'aria-label': t('frame.crumbs') });
  const asOf = h('span.as-of', { role: 'status' });
  const notes = h('div.notes');
  const banner = h('div', { id: 'banner' });
  let page = null;
  let named = null;
  let readAt = null;
  let stream = 'starting';

  const head = h('div.head',
    crumbs,
    h('div.title', heading, h('div.tools', asOf,
      h('button.tool', { type: 'button', on: { click: copyLink } }, t('frame.copyLink')),
      h('button.tool', { type: 'button', on: { click: () => commandDialog(page) } }, t('frame.asCommand')),
      h('button.tool', { type: 'button', title: t('frame.help'), 'aria-label': t('frame.help'), on: { click: helpDialog } }, '?'))));
  const search = h('button', { id: 'search', type: 'button', 'aria-haspopup': 'dialog', on: { click: () => openPalette() } },
    h('span', t('search.placeholder')), h('kbd', '/'));
  const header = h('header.top',
    h('a.skip', { href: '#page' }, t('frame.skip')),
    h('button.burger', { type: 'button', 'aria-label': t('frame.menu'), 'aria-expanded': 'false', on: { click: toggleMenu } }, '☰'),
    h('a.brand', { href: current()?.landing ?? '/console' }, 'Certway'),
    search,
    h('div.person', languageChoice(redraw), themeMenu(), personMenu(redraw)));
  const nav = h('nav.side', { id: 'navigation', 'aria-label': t('frame.navigation') }, groups());

  onStream((next) => { stream = next; showState(); });
  bind('/', () => openPalette());
  bind('Ctrl+K', () => openPalette());
  bind('?', helpDialog);
  bind('c', copyLink);
  for (const place of places) if (place.key) bind(`g ${place.key}`, () => (may(place.permission) ? go(place.path) : false));

  function groups() {
    const { main: first, setUp } = navigation(may);
    const entry = (place) => h('li', h('a', { href: place.path, 'data-page': place.page }, h('span', t(place.nav)),
      place.counter && h('span.counter', { 'data-counter': place.counter, hidden: true })));
    return [h('ul', first.map(entry)), setUp.length > 0 && [h('h2', t('nav.setUp')), h('ul', setUp.map(entry))]];
  }

  function copyLink() { toClipboard(location.href, t('copy.link')); }

  function toggleMenu(event) {
    const isOpen = document.body.classList.toggle('menu-open');
    event.currentTarget.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) one('a', nav)?.focus();
  }

  function showState() {
    if (!readAt) return replace(asOf);
    const time = clock(readAt);
    const isLost = stream === 'lost';
    replace(asOf, h(`span.dot.${isLost ? 'lost' : stream}`, { 'aria-hidden': 'true' }, isLost ? '▲' : '●'), ' ',
      isLost ? t('frame.lost', { time }) : stream === 'live' ? t('frame.live', { time }) : t('frame.asOf', { time }));
  }

  const frame = {
    main,
    /// Puts the frame into the document, if another is there.
    attach() {
      if (header.isConnected) return;
      replace(root);
      fill(root, [header, nav, h('main', { id: 'main' }, banner, head, notes, main)]);
      document.body.classList.remove('bare');
    },
    /// Another page begins.
    opened(next) {
      page = next;
      readAt = null;
      forgetPage();
      document.body.classList.remove('menu-open');
      replace(notes);
      replace(main);
      replace(crumbs);
      showState();
      const list = next.place?.parent ?? next.place?.path;
      for (const anchor of nav.querySelectorAll('a')) {
        if (anchor.getAttribute('href') === list) anchor.setAttribute('aria-current', 'page');
        else anchor.removeAttribute('aria-current');
      }
      if (!next.isBack) scrollTo(0, 0);
    },
    /// Names the page.
    head({ title, count, crumbs: way, isProblem, page: of }) {
      if (of !== page) return;
      const isNew = named !== of;
      named = of;
      replace(heading, title);
      replace(crumbs, way.map(({ label, href }, index) => [index > 0 && ' › ', h('a', { href }, label)]));
      const parts = [title, ...way.map((one) => one.label).reverse(), 'Certway'];
      document.title = visible(`${count ? `(${count}) ` : ''}${isProblem ? t('problem.prefix', { title: parts.join(' · ') }) : parts.join(' · ')}`);
      // A screen reader hears the page change; on Back the row gets the focus instead.
      if (isNew && !of.isBack && !document.querySelector('dialog[open]')) heading.focus({ preventScroll: true });
    },
    asOf(date) { readAt = date; showState(); },
    /// A note above the page, such as that it is stale; nil takes it away.
    note(node) { replace(notes, node); },
    /// A banner on every page, such as an open incident; nil takes it away.
    banner(node) { replace(banner, node); },
    /// Whether the gateway answered last time.
    reach(isThere) { document.body.classList.toggle('offline', !isThere); },
    /// Sets a counter of the navigation; 0 hides it.
    counter(name, value) {
      const place = one(`[data-counter="${name}"]`, nav);
      if (!place) return;
      place.hidden = !value;
      replace(place, value ? String(value) : '');
    },
  };
  startCounters(frame);
  return frame;
}
