// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Moving in: what another product has ordered is looked at first, and taken over as it was shown, so that nobody gets a second one.

import { newKey, post } from '../../app/api.js';
import { foreign, fragment, h, one, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { working } from '../../components/loading.js';
import { problemLine } from '../../components/problem.js';
import { plan } from './view.js';

const longest = 900_000;

export async function open(page) {
  page.title(t('adoption.title'));
  page.command(() => `certway adopt ${cas().length ? `--backend-ca ${cas().join(',')}` : '--certificates export.pem'} --dry-run`);
  const [backends, templates] = await Promise.all([page.get('/backend-cas', { query: { limit: 200 } }), page.get('/templates', { query: { limit: 200 } })]);
  const choices = (name, items) => items.map((item) => h('label.check', h('input', { type: 'checkbox', name, value: item.name }), ' ', foreign(item.name)));
  const pem = h('textarea.code', { name: 'certificates', rows: 6, spellcheck: 'false', autocomplete: 'off', placeholder: '-----BEGIN CERTIFICATE-----' });
  const file = h('input', { type: 'file', accept: '.pem,.crt,.cer,.txt', on: { change: read } });
  const outcome = h('div.stack', { role: 'status' });
  const form = h('form.panelled.stack', { on: { submit: look } },
    h('p', t('adoption.text')),
    h('fieldset', h('legend', t('adoption.lists')), h('div.row', choices('backendCAs', backends.items))),
    h('label.field', h('span', t('adoption.certificates')), pem), h('label.field', h('span', t('adoption.file')), file),
    h('fieldset', h('legend', t('adoption.templates')), h('div.row', choices('templates', templates.items))),
    h('div.actions', h('button.primary', { type: 'submit' }, t('adoption.look'))));
  form.addEventListener('change', () => replace(outcome));
  page.show(fragment(form, outcome));
  page.settle();

  const chosen = (name) => [...form.querySelectorAll(`input[name=${name}]:checked`)].map((input) => input.value);
  function cas() { return one('form', page.main) ? chosen('backendCAs') : []; }

  async function read() {
    const [picked] = file.files;
    if (picked) pem.value = (await picked.text()).slice(0, longest);
  }

  const body = () => Object.fromEntries(Object.entries({ backendCAs: chosen('backendCAs'), templates: chosen('templates'), certificates: pem.value.trim() })
    .filter(([, value]) => value.length > 0));

  async function look(event) {
    event.preventDefault();
    const asked = body();
    if (/PRIVATE KEY/.test(asked.certificates ?? '')) return replace(outcome, h('div.note.bad', { role: 'alert' }, t('adoption.privateKey')));
    if (!asked.backendCAs && !asked.certificates) return replace(outcome, h('div.note.wait', { role: 'alert' }, t('adoption.choose')));
    replace(outcome, h('p.note', t('adoption.looking')));
    try {
      const found = await working(post('/adoptions', asked, { dryRun: true, key: newKey() }));
      replace(outcome, plan(found, { asked, mayDo: may('placeOrder'), done: (report) => replace(outcome, plan(report, { asked })) }));
    } catch (problem) {
      replace(outcome, problemLine(problem));
    }
  }
}
