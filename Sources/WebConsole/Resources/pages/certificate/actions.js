// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be done to one certificate: revoke, replace, deliver again, take from the devices, export.

import { base, newKey, path, post } from '../../app/api.js';
import { foreign, h, replace } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { go } from '../../app/router.js';
import { actionBar, canDo } from '../../components/action.js';
import { commandPart, orDots, shellWord } from '../../components/command.js';
import { act } from '../../components/dialog.js';
import { planned } from '../../components/planned.js';
import { said } from '../../components/said.js';
import { complain, toast } from '../../components/toast.js';
import { ask } from '../recovery/actions.js';

/// A single revocation leaves after so many seconds, so that Undo is real.
const grace = 10;
const reasons = ['superseded', 'cessationOfOperation', 'affiliationChanged', 'keyCompromise', 'privilegeWithdrawn', 'unspecified'];

export const actionsOf = (certificate, reload) => actionBar(mainActions(certificate), {
  revoke: { label: t('action.revokeMore'), kind: 'danger', run: () => revoke(certificate, reload) },
  undoRevocation: { label: t('action.undoRevocation'), run: () => change(certificate, 'undo', t('revoke.undone'), reload) },
  retryRevocation: { label: t('action.retryRevocation'), run: () => change(certificate, 'retries', t('order.retried'), reload) },
  replace: { label: t('action.replaceMore'), run: () => replaceOne(certificate, reload) },
  deliver: { label: t('action.deliver'), run: () => deliver(certificate, reload) },
  withdraw: { label: t('action.withdrawMore'), run: () => withdraw(certificate, reload) },
  recoverKey: { label: t('action.recover'), run: () => ask({ certificate: certificate.serialNumber, done: () => go('/console/recovery') }) },
}, { also: h('a.button', { href: `${base}${path('/certificates/{}/pem', certificate.number)}`, download: `${certificate.serialNumber}.pem` }, t('action.exportPEM')) });

/// What concerns a revocation under way is only shown while there is one.
const mainActions = (certificate) => (certificate.actions ?? []).filter((one) =>
  one.allowed || !['undoRevocation', 'retryRevocation'].includes(one.name));

/// Starts what the address asks for: `?do=revoke`, as the search makes it.
export function begin(name, certificate, reload) {
  if (!canDo(certificate, name)) return;
  if (name === 'revoke') revoke(certificate, reload);
  if (name === 'replace') replaceOne(certificate, reload);
}

/// The field for a sentence for the record.
export const causeField = () => h('label.field', h('span', t('revoke.cause')), h('input', { name: 'because', required: true, maxlength: 500, autofocus: true }));
export const reasonField = () => h('label.field', h('span', t('revoke.reason')), h('select', { name: 'reason' }, reasons.map((one) => h('option', { value: one }, word('reason', one)))));
export const because = (form) => ({ because: form.elements.because.value.trim() });
export const withReason = (form) => ({ reason: form.elements.reason.value, ...because(form) });

/// - Parameters: the command without its options, and the path of the call.
export const revocationAsCommand = (command, address) => commandPart((form) => {
  const { reason, because } = withReason(form);
  return { line: `${command} --reason ${reason} --because ${shellWord(orDots(because))}`, call: { method: 'POST', address, body: { reason, because: orDots(because) } } };
});

function revoke(certificate, reload) {
  const call = path('/certificates/{}/revocations', certificate.number);
  const follows = h('p', { role: 'status' }, t('loading.short'));
  // Nothing is asked for by it; what the sentence for the record will be changes nothing of what follows.
  post(call, { because: t('revoke.cause') }, { dryRun: true, key: newKey() })
    .then((would) => replace(follows, t('revoke.follows'), ' ', said(would.follows, t('text.all'), 400)), (problem) => replace(follows, foreign(problem.message)));
  act({
    title: t('revoke.title', { who: certificate.userPrincipalName }), verb: t('action.revoke'), danger: true,
    body: [
      h('p', t('revoke.effect', { ca: certificate.backendCA })), follows, reasonField(), causeField(),
      revocationAsCommand(`certway certificate revoke ${certificate.serialNumber}`, call),
    ],
    run: async ({ key, form }) => {
      const { revocation } = await post(call, { ...withReason(form), delaySeconds: grace }, { key });
      toast(t('revoke.done', { seconds: grace }), { seconds: grace, action: revocation && { label: t('button.undo'), run: () => undo(revocation.id, 'undo', t('revoke.undone'), reload) } });
      reload();
    },
  });
}

async function undo(id, noun, said, reload) {
  try {
    await post(path(`/revocations/{}/${noun}`, id), {});
    toast(said);
  } catch (problem) {
    complain(problem);
  }
  reload();
}

/// Changes the revocation that is under way.
function change(certificate, noun, said, reload) {
  const wish = (certificate.wishes ?? []).find((one) => one.kind === 'revoke' && one.state !== 'undone');
  if (wish) undo(wish.id, noun, said, reload);
}

const replaceOne = (one, reload) => planned({
  title: t('replace.title', { who: one.userPrincipalName }), text: t('replace.effect', { template: one.template }), verb: t('action.replace'),
  fields: causeField(), body: because, call: path('/certificates/{}/replacements', one.number), said: t('replace.done'), done: reload,
});

function withdraw(one, reload) {
  act({
    title: t('withdraw.title', { who: one.userPrincipalName }), verb: t('action.withdraw'), danger: true, body: [h('p', t('withdraw.effect')), causeField()],
    run: async ({ key, form }) => {
      await post(path('/certificates/{}/withdrawals', one.number), because(form), { key });
      toast(t('withdraw.done'));
      reload();
    },
  });
}

/// Costs nothing and can be repeated, so it is done without a question.
async function deliver(one, reload) {
  try {
    await post(path('/certificates/{}/deliveries', one.number));
    toast(t('deliver.done'));
    reload();
  } catch (problem) {
    complain(problem);
  }
}
