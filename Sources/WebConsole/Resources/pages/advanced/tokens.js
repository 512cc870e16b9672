// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Tokens of the API: made, shown once, revoked.

import { path, post, remove } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { copy } from '../../components/copy.js';
import { act, dialog } from '../../components/dialog.js';
import { toast } from '../../components/toast.js';

const roles = ['administrator', 'helpdesk', 'integrator', 'keyRecoveryAgent', 'auditor', 'requester'];

export function makeToken(reload) {
  const name = h('input', { name: 'name', required: true, maxlength: 100, autocomplete: 'off', spellcheck: 'false' });
  const role = h('select', { name: 'role' }, roles.map((value) => h('option', { value }, word('role', value))));
  const days = h('input', { name: 'days', type: 'number', min: 1, max: 366, value: '90', required: true });
  act({
    title: t('advanced.makeToken'), verb: t('advanced.makeTokenVerb'),
    body: [h('label.field', h('span', t('advanced.token')), name), h('label.field', h('span', t('advanced.role')), role), h('label.field', h('span', t('advanced.days')), days)],
    run: async ({ key }) => {
      const made = await post('/api-tokens', { name: name.value.trim(), role: role.value, validForSeconds: Number(days.value) * 86_400 }, { key });
      const secret = made.token;
      setTimeout(() => dialog({ title: t('advanced.tokenMade'), body: [h('p', t('advanced.tokenOnce')), typeof secret === 'string' ? copy(secret) : foreign('')], cancel: t('button.close') }), 0);
      reload();
    },
  });
}

export const revokeToken = (one, reload) => act({
  title: t('advanced.revokeToken', { name: one.name }), body: h('p', t('advanced.revokeTokenText')), verb: t('action.revoke'), danger: true,
  run: async ({ key }) => {
    await remove(path('/api-tokens/{}', one.id), { key });
    toast(t('advanced.tokenRevoked'));
    reload();
  },
});
