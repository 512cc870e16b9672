// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What is done with a recovery. Nothing of a key or a password stays on the page once it is closed.

import { path, post } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { act, dialog } from '../../components/dialog.js';
import { said } from '../../components/said.js';
import { toast } from '../../components/toast.js';
import { save } from './save.js';

const field = (name, label, more = {}) => h('label.field', h('span', label), h('input', { name, required: true, autocomplete: 'off', maxlength: 500, ...more }));
const value = (form, name) => form.elements[name].value.trim();

/// - Parameters:
///   - certificate: filled in already.
///   - done: called once it was asked for.
export const ask = ({ certificate = '', done }) => act({
  title: t('recovery.new'), verb: t('recovery.ask'),
  body: h('div.stack', h('p', t('recovery.newText')), field('certificate', t('recovery.certificate'), { value: certificate }), field('purpose', t('recovery.purpose'))),
  isReady: (form) => value(form, 'certificate') && value(form, 'purpose'),
  run: async ({ key, form }) => {
    await post('/recoveries', { certificate: value(form, 'certificate'), purpose: value(form, 'purpose') }, { key });
    toast(t('recovery.asked'));
    done();
  },
});

function decide(one, decision, reload) {
  act({
    title: `${one.id}: ${word('recoveryTitle', decision)}`, verb: word('recoveryDo', decision), danger: decision === 'deny',
    body: h('div.stack', h('p', foreign(one.userPrincipalName), ': ', foreign(one.purpose)), field('because', t('recovery.because'))),
    isReady: (form) => value(form, 'because'),
    run: async ({ key, form }) => {
      await post(path('/recoveries/{}/approvals', one.id), { decision, because: value(form, 'because') }, { key });
      reload();
    },
  });
}

function fetchKey(one, reload) {
  act({
    title: t('recovery.fetchTitle', { id: one.id }), verb: word('recoveryDo', 'fetch'),
    body: h('p', t('recovery.fetchText'), ' ', foreign(one.passwordFor)),
    run: async ({ key }) => {
      save(await post(path('/recoveries/{}/package', one.id), {}, { key }));
      reload();
    },
  });
}

export function showPassword(where) {
  act({
    title: t('recovery.passwordTitle'), verb: word('recoveryDo', 'password'), body: h('p', t('recovery.passwordText')),
    run: async ({ key }) => {
      const { password } = await post(where, undefined, { key });
      dialog({ title: t('recovery.passwordTitle'), body: h('p', h('code', password)), cancel: t('button.close') });
    },
  });
}

export function buttons(one, reload) {
  const runs = {
    approve: () => decide(one, 'approve', reload), deny: () => decide(one, 'deny', reload), fetch: () => fetchKey(one, reload),
    password: () => showPassword(path('/recoveries/{}/password', one.id)),
  };
  const shown = (one.actions ?? []).filter((action) => runs[action.name] && (action.allowed || (action.name === 'approve' && one.state === 'waiting')));
  return h('span.actions', shown.map((action) => (action.allowed
    ? h('button', { type: 'button', on: { click: runs[action.name] } }, word('recoveryDo', action.name))
    : h('span.sub', said(action.reason)))));
}
