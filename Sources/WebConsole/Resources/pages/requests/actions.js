// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The form of a request. A private key that was pasted by mistake never leaves the browser.

import { newKey, path, post } from '../../app/api.js';
import { foreign, h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { act } from '../../components/dialog.js';
import { panel } from '../../components/facts.js';
import { clearFaults } from '../../components/faults.js';
import { nameField, templates } from '../../components/nameField.js';
import { working } from '../../components/loading.js';
import { pill } from '../../components/pill.js';
import { problemLine } from '../../components/problem.js';
import { said } from '../../components/said.js';
import { toast } from '../../components/toast.js';
import { causeField, reasonField, revocationAsCommand, withReason } from '../certificate/actions.js';

export function form(reload) {
  const text = h('textarea', { name: 'request', rows: 8, required: true, spellcheck: 'false', autocomplete: 'off', placeholder: '-----BEGIN CERTIFICATE REQUEST-----' });
  const template = nameField({ name: 'template', label: t('column.template'), ...templates });
  const reason = h('input', { name: 'reason', required: true, maxlength: 500 });
  const result = h('div', { role: 'status' });
  let key = newKey();
  let isRunning = false;
  const isPrivate = () => /PRIVATE KEY-----/.test(text.value);
  const body = () => ({ request: text.value, reason: reason.value.trim(), ...(template.value() ? { template: template.value() } : {}) });
  const send = async (dryRun) => {
    if (isRunning) return;
    if (isPrivate()) {
      text.value = '';
      replace(result, h('div.problem.small', { role: 'alert' }, t('requests.privateKey')));
      return;
    }
    isRunning = true;
    try {
      clearFaults(place);
      const answer = await working(post('/certificate-requests', body(), dryRun ? { dryRun } : { key }));
      replace(result, findings(answer.check ?? answer));
      if (!dryRun) {
        key = newKey();
        text.value = '';
        toast(t('requests.asked'));
        reload();
      }
    } catch (problem) {
      replace(result, problemLine(problem, place));
    } finally {
      isRunning = false;
    }
  };
  text.addEventListener('input', () => { if (text.value.includes('-----END') || isPrivate()) send(true); });
  text.addEventListener('dragover', (event) => event.preventDefault());
  text.addEventListener('drop', async (event) => {
    const file = event.dataTransfer.files[0];
    if (!file) return;
    event.preventDefault();
    text.value = await file.text();
    send(true);
  });
  const place = h('form.stack', { on: { submit: (event) => { event.preventDefault(); send(false); } } },
    h('label.field', h('span', t('requests.paste')), text), template.element,
    h('label.field', h('span', t('requests.reason')), reason), result,
    h('div.actions', h('button', { type: 'button', on: { click: () => send(true) } }, t('button.dryRun')), h('button.primary', { type: 'submit' }, t('requests.ask'))));
  return panel(t('requests.new'), place);
}

/// Has the certificate of one's own request revoked.
export function revoke(one, reload) {
  const call = path('/certificate-requests/{}/revocations', one.reference ?? one.number);
  act({
    title: t('requests.revokeTitle'), verb: t('action.revoke'), danger: true,
    body: [
      h('p', foreign((one.hosts ?? []).join(', '))), reasonField(), causeField(),
      revocationAsCommand(`certway request revoke ${one.reference}`, call),
    ],
    run: async ({ key, form: fields }) => {
      await post(call, withReason(fields), { key });
      toast(t('requests.revoked'));
      reload();
    },
  });
}

const findings = (check) => (check.findings?.length ? h('ul.plain', check.findings.map((one) => h('li', pill(one.good ? 'yes' : 'no', { text: one.topic }), ' ', said(one.sentence)))) : null);
