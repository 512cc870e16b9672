// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Sentences of the gateway, which are the same for shell and console: moments are written as on the rest of the page, and a command says
/// where the console does the same, for whoever may go there.

import { path } from '../app/api.js';
import { fill, h, replace } from '../app/dom.js';
import { t, word } from '../app/i18n.js';
import { placeOf, places } from '../app/places.js';
import { may } from '../app/session.js';
import { day, moment } from './time.js';

const longest = 500;
const parts = /'(certway [^']{1,200})'|\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)|\b(\d{4}-\d\d-\d\d)(?![\w-])/g;

/// - Parameter allWord: the word on the button that shows the rest of a long one.
/// - Parameter limit: from how many characters on it is folded.
export function said(text, allWord, limit = longest) {
  const whole = text == null ? '' : String(text);
  if (whole.length <= limit) return h('bdi', pieces(whole));
  const shown = h('span', pieces(whole.slice(0, limit).replace(/\s'c[^']*$/, '')), '… ');
  const more = h('button.link', { type: 'button', on: { click: () => { replace(shown, pieces(whole)); more.remove(); } } }, allWord ?? t('text.all'));
  return h('bdi', shown, more);
}

/// Whoever has done something, as the gateway names them; at its machine it is the account's name.
export const actor = (name) => {
  const account = / on the command line$/.test(name ?? '') && name.slice(0, -' on the command line'.length);
  if (account) return t('text.onCommandLine', { account });
  return name === 'the gateway' ? t('actor.gateway') : word('actor', name);
};

/// Sentences, one a line.
export const sentences = (texts) => (texts?.length > 0 ? h('ul.plain', texts.map((text) => h('li', said(text)))) : null);

function pieces(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(parts)) {
    nodes.push(text.slice(from, found.index));
    from = found.index + found[0].length;
    // A day without a time is that day everywhere, so it is read at noon.
    nodes.push(found[1] ? command(found[1]) : found[2] ? moment(found[2]) : day(`${found[3]}T12:00:00Z`));
  }
  return [...nodes, text.slice(from)];
}

function command(text) {
  const address = addressOf(text.split(/\s+/).slice(1));
  const place = address && placeOf(address.split('?')[0])?.place;
  const shown = h('code', text);
  if (!place || !may(place.permission)) return shown;
  if (address.split('?')[0] === location.pathname) return fill(h('span'), [shown, ` (${t('said.here')})`]);
  const nav = place.nav ?? places.find((one) => one.path === place.parent)?.nav;
  return fill(h('span'), [shown, ' (', h('a', { href: address }, nav ? t('said.at', { page: t(nav) }) : t('said.open')), ')']);
}

const option = (words, name) => (words.includes(name) ? words[words.indexOf(name) + 1] : null);
const filter = (pairs) => {
  const set = pairs.filter(([, value]) => value);
  return set.length ? `?${set.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}` : '';
};

/// What a command is about, as an address; null where the console has no page for it.
function addressOf([noun, verb, object, ...rest]) {
  const name = object && !object.startsWith('-') ? object : null;
  const words = [verb, object, ...rest];
  switch (noun) {
    case 'plan': return '/console/plan';
    case 'order': return verb === 'list'
      ? `/console/orders${filter([['backendCA', option(words, '--backend-ca')], ['stage', option(words, '--stage')], ['held', words.includes('--held') && 'true']])}`
      : name ? path('/console/orders/{}', name) : '/console/waiting';
    case 'certificate': return name ? path('/console/go/{}', name) : '/console/certificates';
    case 'person': case 'user': case 'delivery': return name ? path('/console/go/{}', name) : '/console/people';
    case 'ca': return name ? path('/console/backend-cas/{}', name) : '/console/backend-cas';
    case 'incident': return name && verb === 'show' ? path('/console/incidents/{}', name) : '/console/incidents';
    // Not `apply`: it is named where only somebody at the gateway's machine may change a thing.
    default: return { audit: '/console/audit', doctor: '/console/services', drift: '/console/drift', key: '/console/recovery',
      mailbox: '/console/mailboxes', notification: '/console/notifications', setup: '/console/set-up', template: '/console/templates' }[noun] ?? null;
  }
}
