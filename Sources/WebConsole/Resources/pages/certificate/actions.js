// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be done to one certificate or to many: revoke, replace, deliver again, export.

import { base, path, post } from '../../app/api.js';
import { h, replace } from '../../app/dom.js';
import { money } from '../../app/format.js';
import { n, t, word } from '../../app/i18n.js';
import { actionBar } from '../../components/action.js';
import { commandPart } from '../../components/command.js';
import { act } from '../../components/dialog.js';
import { toast } from '../../components/toast.js';
import { typedCount } from '../../components/typed.js';

/// From this many on the number is typed.
const many = 20;
/// A single revocation leaves after so many seconds, so that Undo is real.
const grace = 10;
const reasons = ['superseded', 'cessationOfOperation', 'affiliationChanged', 'keyCompromise', 'privilegeWithdrawn', 'unspecified'];

export const actionsOf = (certificate, reload) => h('div.actions',
  actionBar(certificate.actions, {
    revoke: { label: t('action.revokeMore'), kind: 'danger', run: () => revokeOne(certificate, reload) },
    undoRevocation: { label: t('action.undoRevocation'), run: () => undo(certificate, reload) },
    replace: { label: t('action.replaceMore'), run: () => replaceOne(certificate, reload) },
    deliver: { label: t('action.deliver'), run: () => deliver(certificate, reload) },
    withdraw: { label: t('action.withdrawMore'), kind: 'danger', run: () => withdraw(certificate, reload) },
    recover: { label: t('action.recover'), run: () => {} },
  }),
  h('a.button', { href: `${base}${path('/certificates/{}/pem', certificate.number)}`, download: `${certificate.serialNumber}.pem` }, t('action.exportPEM')));

/// Starts what the address asks for: `?do=revoke`, as the search makes it.
export function begin(name, certificate, reload) {
  if (!certificate.actions?.some((one) => one.name === name && one.allowed)) return;
  if (name === 'revoke') revokeOne(certificate, reload);
  if (name === 'replace') replaceOne(certificate, reload);
}

/// Reasons that a certificate or many take; the server may say which.
export const reasonsFor = (picked) => picked[0]?.revocationReasons ?? reasons;

function reasonFields(offered) {
  return [
    h('label.field', h('span', t('revoke.reason')), h('select', { name: 'reason' }, offered.map((one) => h('option', { value: one }, word('reason', one))))),
    h('label.field', h('span', t('revoke.cause')), h('input', { name: 'cause', required: true, maxlength: 200, autofocus: true })),
  ];
}

const asked = (form) => ({ reason: form.elements.reason.value, cause: form.elements.cause.value.trim() });

function revokeOne(certificate, reload) {
  act({
    title: t('revoke.title', { who: certificate.userPrincipalName }), verb: t('action.revoke'), danger: true,
    body: [
      h('p', t('revoke.effect', { template: certificate.template, ca: certificate.backendCA })), reasonFields(reasonsFor([certificate])),
      commandPart(`certway certificate revoke ${certificate.serialNumber} --reason superseded`, { method: 'POST', address: path('/certificates/{}/revocations', certificate.number), body: { reason: 'superseded', cause: '…' } }),
    ],
    run: async ({ key, form }) => {
      const made = await post(path('/certificates/{}/revocations', certificate.number), { ...asked(form), delaySeconds: grace }, { key });
      const id = made.id ?? made.items?.[0]?.id;
      toast(t('revoke.done', { seconds: grace }), { seconds: grace, action: id != null && { label: t('button.undo'), run: () => takeBack(id, reload) } });
      reload();
    },
  });
}

async function takeBack(id, reload) {
  try {
    await post(path('/revocations/{}/undo', id), {});
    toast(t('revoke.undone'));
  } catch (problem) {
    toast(problem.message, { tone: 'bad' });
  }
  reload();
}

function undo(certificate, reload) {
  const open = certificate.actions.find((one) => one.kind === 'revoke' && one.state === 'asked');
  if (open) takeBack(open.id, reload);
}

/// One call with a question before it.
function simple({ title, text, verb, danger, call, body = {}, said, reload, cause }) {
  act({
    title, verb, danger, body: [h('p', text), cause && h('label.field', h('span', t('revoke.cause')), h('input', { name: 'cause', required: true, maxlength: 200 }))],
    run: async ({ key, form }) => {
      await post(call, cause ? { ...body, cause: form.elements.cause.value.trim() } : body, { key });
      toast(said);
      reload();
    },
  });
}

const replaceOne = (one, reload) => simple({
  title: t('replace.title', { who: one.userPrincipalName }), text: t('replace.effect', { template: one.template }), verb: t('action.replace'),
  call: path('/certificates/{}/replacements', one.number), said: t('replace.done'), reload, cause: true,
});

const withdraw = (one, reload) => simple({
  title: t('withdraw.title', { who: one.userPrincipalName }), text: t('withdraw.effect'), verb: t('action.withdraw'), danger: true,
  call: path('/certificates/{}/withdrawals', one.number), said: t('withdraw.done'), reload, cause: true,
});

/// Costs nothing and can be repeated, so it is done without a question.
async function deliver(one, reload) {
  try {
    await post(path('/certificates/{}/deliveries', one.number), {}, { key: `deliver-${one.number}-${Math.floor(Date.now() / 5000)}` });
    toast(t('deliver.done'));
    reload();
  } catch (problem) {
    toast(problem.message, { tone: 'bad' });
  }
}

/// Many at once: first what it would do, then the button.
async function throughPlan({ title, verb, danger, call, keys, fields = [], done }) {
  const plan = h('div', { role: 'status' });
  const typed = keys.length >= many ? typedCount(keys.length) : null;
  let shown = null;
  const body = (form) => ({ ...(fields.length ? asked(form) : { cause: form.elements.cause.value.trim() }), select: { numbers: keys.map(Number) }, expect: keys.length });
  const look = h('button', { type: 'button', on: { click: async () => {
    try {
      shown = await post(call, body(dialog.element.querySelector('form')), { dryRun: true });
      replace(plan, h('p.note', n('many.plan', shown.count ?? keys.length), shown.cost && ` ${t('many.cost', { cost: money(shown.cost) })}`));
    } catch (problem) {
      replace(plan, h('p.note.bad', problem.message));
    }
    dialog.check();
  } } }, t('many.look'));
  const dialog = act({
    title, verb, danger,
    body: [fields.length ? fields : h('label.field', h('span', t('revoke.cause')), h('input', { name: 'cause', required: true, maxlength: 200 })), h('p', look), plan, typed?.element],
    isReady: () => shown != null && (typed?.isRight() ?? true),
    run: async ({ key, form }) => {
      await post(call, body(form), { key });
      toast(n('many.done', keys.length));
      done();
    },
  });
}

export const revokeMany = (keys, offered, done) => throughPlan({
  title: n('revoke.many', keys.length), verb: n('revoke.verb', keys.length), danger: true, call: '/revocations', keys, fields: reasonFields(offered), done,
});

export const replaceMany = (keys, done) => throughPlan({
  title: n('replace.many', keys.length), verb: n('replace.verb', keys.length), call: '/replacements', keys, done,
});
