// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How a person's answer looks.

import { address, path } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { toClipboard } from '../../components/copy.js';
import { orderPill, pill } from '../../components/pill.js';
import { said } from '../../components/said.js';
import { ago, day, dayAndAgo } from '../../components/time.js';
import { orderActions } from '../waiting/actions.js';
import { enroll, except, removeException } from './actions.js';

export const facts = (person) => h('div.summary',
  h('span.muted', foreign(person.userPrincipalName)),
  (person.addresses ?? []).filter((one) => one !== person.userPrincipalName).map((one) => h('span.muted', foreign(one))),
  person.accountEnabled != null && pill(person.accountEnabled ? 'yes' : 'no', { text: person.accountEnabled ? t('person.on') : t('person.off') }),
  may('readCertificates') && h('a', { href: address('/console/certificates', { text: person.userPrincipalName }) }, t('person.certificates')),
  person.readAt && h('span.muted', t('person.read'), ' ', ago(person.readAt)));

/// What concerns the person first: a template somebody never had a part in says little.
const ordered = (templates) => [...templates].sort((a, b) => Number(b.status != null) - Number(a.status != null));

/// One panel per template.
export const answers = (person, reload) => person.templates.length
  ? ordered(person.templates).map((one) => answer(person, one, reload))
  : h('section.empty', h('h2', t('person.noTemplate')));

function answer(person, one, reload) {
  const [first, ...rest] = one.why ?? [];
  const order = one.order;
  return h('section.panelled.stack', { 'data-key': one.template },
    h('h2', foreign(one.template), ' ', one.status && pill(one.status), one.delivery === 'faulty' && [' ', pill('problem', { text: t('person.notUsable') })]),
    h('p.answer', said(sentence(first))),
    rest.length > 0 && h('ul', rest.map((text) => h('li', said(text, t('text.all'))))),
    h('dl.facts',
      one.certificate && [h('dt', t('column.certificate')), h('dd', pill(one.certificate.status), ' ',
        h('a', { href: path('/console/go/{}', one.certificate.serialNumber) }, foreign(one.certificate.backendCA)), ' ', t('certificate.ends'), ' ', dayAndAgo(one.certificate.notAfter))],
      order && [h('dt', t('column.order')), h('dd', orderPill(order), ' ', h('a', { href: path('/console/orders/{}', order.reference) }, h('code', order.reference)), ' ', foreign(order.backendCA))],
      h('dt', t('column.next')), h('dd', order?.nextActionAt ? ago(order.nextActionAt) : t('text.nothingByItself')),
      one.exception && [h('dt', t('person.exception')), h('dd', word('exception', one.exception.kind), ': ', foreign(one.exception.because), one.exception.until && [', ', t('person.until'), ' ', day(one.exception.until)], ' ',
        may('grantException') && h('button.link', { type: 'button', on: { click: () => removeException(person, one.exception, reload) } }, t('person.endException')))]),
    h('div.actions',
      order && orderActions(order, reload),
      may('placeOrder') && orderButton(person, one, reload),
      h('button', { type: 'button', on: { click: () => toClipboard(ticket(person, one), t('person.answerCopied')) } }, t('action.copyAnswer'))));
}

/// An order now; not while one is open, for that one is waited for.
const orderButton = (person, one, reload) => (one.certificate?.status === 'active' ? null : actionButton({
  label: t('action.orderMore'), allowed: !isOpen(one.order), reason: t('person.orderOpen'), run: () => enroll(person, one.template, reload),
}));
const isOpen = (order) => order != null && ['planned', 'keyed', 'submitted', 'pending', 'issued', 'delivered', 'published'].includes(order.stage);

/// The sentences of the gateway begin small, because they are parts of others.
const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.') : t('person.noReason'));

/// Two plain sentences for a ticket.
const ticket = (person, one) => [
  t('person.ticket', { name: person.displayName ?? person.userPrincipalName, template: one.template }),
  ...(one.why ?? []).slice(0, 2).map(sentence),
].join(' ');

export const byHand = (person, reload) => may('grantException') && h('div.actions',
  h('button', { type: 'button', on: { click: () => except(person, 'include', reload) } }, t('action.byHand')),
  h('button', { type: 'button', on: { click: () => except(person, 'leaveOut', reload) } }, t('action.leaveOut')));
