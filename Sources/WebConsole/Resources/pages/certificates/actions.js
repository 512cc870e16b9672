// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be done to chosen certificates, each through a plan that is shown first.

import { n, t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { planned } from '../../components/planned.js';
import { because, causeField, reasonField, withReason } from '../certificate/actions.js';

/// The first reason against an action among those chosen, with their number.
function hindrance(picked, name) {
  const against = picked.map((one) => one.actions?.find((action) => action.name === name)).filter((action) => action && !action.allowed);
  if (!against.length) return null;
  return { reason: t('certificates.hindered', { count: against.length, of: picked.length, reason: against[0].reason ?? '' }), instead: against[0].instead };
}

const flags = ['willNotRenew', 'onNoDevice'];

/// Which are meant: those chosen, or all that match the list's filter, with the count that was shown.
function selection(keys, { isAll, matches, query }) {
  if (!isAll) return { select: { numbers: keys.map(Number) }, expect: keys.length };
  const filter = {};
  for (const name of new Set(query.keys())) {
    if (!['sort', 'limit', 'after'].includes(name)) filter[name] = name === 'status' ? query.getAll(name) : flags.includes(name) ? query.get(name) === 'true' : query.get(name);
  }
  return { select: { filter }, expect: matches.count };
}

export const choice = (page) => (keys, picked, state) => {
  const done = () => { state.uncheck(); page.reload(); };
  const meant = selection(keys, state);
  const count = meant.expect;
  const button = (name, label, run, kind) => {
    const against = state.isAll ? null : hindrance(picked, name);
    return actionButton({ label, kind, allowed: !against, ...against, run, key: name });
  };
  return [
    may('replace') && button('replace', t('action.replaceMore'), () => planned({
      title: n('replace.many', count), verb: n('replace.verb', count), call: '/replacements', count, fields: causeField(),
      body: (form) => ({ ...meant, ...because(form) }), said: n('many.done', count), done,
    })),
    may('revoke') && button('revoke', t('action.revokeMore'), () => planned({
      title: n('revoke.many', count), verb: n('revoke.verb', count), danger: true, call: '/revocations', count, fields: [reasonField(), causeField()],
      body: (form) => ({ ...meant, ...withReason(form) }), said: n('many.done', count), done,
    }), 'danger'),
  ];
};
