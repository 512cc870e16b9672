// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Sign-in: a link to the tenant, or a token where there is no tenant (yet). Failures come back in the address.

import { h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { problemLine } from '../../components/problem.js';
import { start, withToken } from './actions.js';

export async function open(page) {
  page.title(t('signin.title'));
  const { query } = page;
  const target = query.get('return') ?? '';
  const offer = await start(page, target);
  const trouble = h('div');
  const token = tokenForm(trouble, async (text) => {
    const landing = await withToken(text, target);
    new BroadcastChannel('certway-session').postMessage('signedIn');
    location.assign(landing);
  });
  page.show(h('div.stack',
    query.has('over') && h('p.note', t('signin.over')),
    trouble,
    offer.isThere && h('p', h('a.button.primary', { href: offer.address }, t('signin.entra'))),
    offer.isThere && h('p.muted', t('signin.then')),
    offer.isThere ? h('details', h('summary', t('signin.tokenInstead')), token) : [h('p', t('signin.noTenant')), token]));
}

function tokenForm(trouble, run) {
  const field = h('input', { name: 'token', type: 'password', autocomplete: 'off', required: true, spellcheck: 'false', 'aria-describedby': 'token-help' });
  const button = h('button.primary', { type: 'submit' }, t('signin.button'));
  let isRunning = false;
  return h('form.stack', { on: { submit: async (event) => {
    event.preventDefault();
    if (isRunning) return;
    isRunning = true;
    replace(trouble);
    try {
      await run(field.value.trim());
    } catch (problem) {
      const line = problemLine(problem);
      replace(trouble, line);
      line.focus();
    } finally {
      isRunning = false;
    }
  } } }, h('label.field', h('span', t('signin.token')), field, h('small', { id: 'token-help' }, t('signin.tokenHelp'))), button);
}
