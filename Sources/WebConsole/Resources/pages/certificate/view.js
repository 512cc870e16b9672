// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How one certificate looks.

import { foreign, h } from '../../app/dom.js';
import { inPairs } from '../../app/format.js';
import { t, word } from '../../app/i18n.js';
import { path } from '../../app/api.js';
import { copy } from '../../components/copy.js';
import { pill } from '../../components/pill.js';
import { said } from '../../components/said.js';
import { ago, dayAndAgo, moment } from '../../components/time.js';

export const summary = (one) =>
  h('div.summary', pill(one.status),
    h('a', { href: path('/console/people/{}', one.userPrincipalName) }, foreign(one.userPrincipalName)),
    (one.emailAddresses ?? []).map((address) => h('span.muted', foreign(address))),
    h('a', { href: path('/console/certificates?template={}', one.template) }, foreign(one.template)),
    h('span', t('certificate.ends'), ' ', dayAndAgo(one.notAfter)));

/// What was asked to be done to it: each with three lamps, so that "revoked" is never said before others can see it.
export function history(one) {
  const records = one.wishes ?? [];
  if (!records.length) return null;
  return h('section.panelled', h('h2', t('certificate.asked')), records.map((record) =>
    h('div.stack', h('h3', word('record', record.kind), ' ', pill(record.held ? 'held' : record.state)),
      h('ol.way', { tabindex: '0' }, lamps(record)),
      h('p', t('certificate.askedBy', { by: record.by ?? '', cause: record.cause ?? '' })),
      record.detail && h('p.muted', said(record.detail)))));
}

function lamps(record) {
  const of = record.kind === 'revoke' ? ['asked', 'taken', 'seen'] : ['asked', 'takenOut', 'gone'];
  const times = [record.askedAt, record.takenAt, record.seenAt];
  return of.map((name, index) => h('li', { class: times[index] ? 'done' : index > 0 && times[index - 1] ? 'wait' : 'open', 'data-symbol': times[index] ? '✓' : '' },
    h('strong', word('lamp', name)), times[index] ? moment(times[index]) : index === 1 && record.notBefore ? ago(record.notBefore) : t('lamp.notYet'),
    index === 2 && record.seenIn && h('div', foreign(record.seenIn))));
}

/// Where others find it, and where they are to: never "published" before it was read there.
export function publications(one) {
  const places = one.publications ?? [];
  if (!places.length) return null;
  return h('section.panelled', h('h2', t('certificate.published')), h('dl.facts', places.map((place) =>
    fact(foreign(place.directory), h('div', pill(place.state, { text: word('published', place.state) }), ' ',
      place.checkedAt ? ago(place.checkedAt) : t('lamp.notYet'), place.problem && h('p.muted', said(place.problem)))))));
}

export const content = (one) =>
  h('section.panelled', h('h2', t('certificate.content')), h('dl.facts',
    fact(t('field.subject'), foreign(one.subject)),
    fact(t('field.issuer'), foreign(one.issuer)),
    fact(t('field.names'), (one.emailAddresses ?? []).map((address) => h('div', foreign(address)))),
    fact(t('field.from'), dayAndAgo(one.notBefore)),
    fact(t('field.to'), dayAndAgo(one.notAfter)),
    fact(t('field.serial'), copy(one.serialNumber, inPairs(one.serialNumber))),
    fact(t('field.sha256'), copy(one.sha256Fingerprint, inPairs(one.sha256Fingerprint))),
    fact(t('field.sha1'), copy(one.sha1Fingerprint, inPairs(one.sha1Fingerprint))),
    fact(t('column.backendCA'), foreign(one.backendCA)),
    one.isKeyArchived != null && fact(t('field.archived'), one.isKeyArchived ? t('text.yes') : t('text.no')),
    one.certificateUserId && fact(t('field.userID'), copy(one.certificateUserId)),
    one.chain?.length > 0 && fact(t('field.chain'), h('details', h('summary', t('field.pem', { count: one.chain.length })), h('pre', one.chain.join(''))))));

const fact = (name, value) => [h('dt', name), h('dd', value)];
