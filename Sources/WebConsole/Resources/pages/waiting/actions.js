// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be done to an order that waits: send the mail again, try again, cancel, or say what a person found at the CA.

import { path, post, Problem } from '../../app/api.js';
import { h } from '../../app/dom.js';
import { money } from '../../app/format.js';
import { n, t } from '../../app/i18n.js';
import { again } from '../../app/router.js';
import { actionBar, actionButton } from '../../components/action.js';
import { act } from '../../components/dialog.js';
import { toast } from '../../components/toast.js';

/// - Parameters:
///   - reload: reads the page again; nil for the whole page.
///   - look: `isQuiet`, and `only` for the names of some.
export const orderActions = (order, reload, look) => actionBar(look?.only ? order.actions?.filter((one) => look.only.includes(one.name)) : order.actions, {
  resend: { label: t('action.resend'), run: () => now(order, 'resends', t('order.resent'), reload) },
  retry: { label: t('action.retry'), run: () => now(order, 'retries', t('order.retried'), reload) },
  findings: { label: t('action.decide'), kind: 'primary', run: () => decide(order, reload) },
  decide: { label: t('action.decide'), kind: 'primary', run: () => decide(order, reload) },
  cancel: { label: t('action.cancelMore'), kind: 'danger', run: () => cancel([order], reload) },
}, look);

const done = (reload) => (reload ?? again)();

/// What costs nothing and can be repeated is done without a question; two clicks within five seconds are one call.
async function now(order, noun, said, reload) {
  try {
    await post(path(`/orders/{}/${noun}`, order.reference), {}, { key: `${noun}-${order.reference}-${Math.floor(Date.now() / 5000)}` });
    toast(said);
    done(reload);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    toast([problem.message, problem.nextStep].filter(Boolean).join(' '), { tone: 'bad', seconds: 12 });
  }
}

function cancel(orders, reload) {
  const [order] = orders;
  act({
    title: orders.length === 1 ? t('cancel.title', { reference: order.reference, who: order.userPrincipalName }) : n('cancel.many', orders.length),
    verb: n('cancel.verb', orders.length), danger: true, body: h('p', t('cancel.effect')),
    run: async ({ key }) => {
      for (const one of orders) await post(path('/orders/{}/cancellations', one.reference), {}, { key: `${key}-${one.reference}` });
      toast(n('cancel.done', orders.length));
      done(reload);
    },
  });
}

/// The CA's answer was lost: a person has looked there and says what is true. Each way leaves an event with a name.
function decide(order, reload) {
  const choices = [['found', t('decide.found')], ['absent', t('decide.absent', { price: order.price ? money(order.price) : '' })], ['search', t('decide.search')], ['end', t('decide.end')]];
  const id = h('input', { name: 'caRequestID', placeholder: t('decide.id'), 'aria-label': t('decide.id'), maxlength: 200 });
  const dialog = act({
    title: t('decide.title', { reference: order.reference, who: order.userPrincipalName }), verb: t('action.decide'),
    body: [
      h('p', order.holdReason ?? order.detail ?? ''),
      h('fieldset.stack', h('legend.unseen', t('action.decide')), choices.map(([value, label], index) =>
        h('div', h('label.check', h('input', { type: 'radio', name: 'finding', value, checked: index === 0 }), ' ', label), value === 'found' && id))),
    ],
    isReady: (form) => form.elements.finding.value !== 'found' || form.elements.caRequestID.value.trim() !== '',
    run: async ({ key, form }) => {
      const finding = form.elements.finding.value;
      const body = finding === 'found' ? { finding, caRequestID: form.elements.caRequestID.value.trim() } : { finding };
      if (finding === 'search') await post(path('/orders/{}/retries', order.reference), {}, { key });
      else await post(path('/orders/{}/findings', order.reference), body, { key });
      toast(t('decide.done'));
      done(reload);
    },
  });
  dialog.check();
}

/// For the chosen rows of a group.
export const choice = (page, group) => (keys, picked, { uncheck }) => {
  const reload = () => { uncheck(); page.reload(); };
  const able = (name) => picked.filter((one) => one.actions?.some((action) => action.name === name && action.allowed));
  const reason = (name) => picked.flatMap((one) => one.actions ?? []).find((action) => action.name === name && !action.allowed);
  const button = (name, label, run, kind) => {
    const count = able(name).length;
    const against = reason(name);
    return actionButton({ label, kind, allowed: count === picked.length && count > 0, reason: against?.reason ?? t('action.notHere'), instead: against?.instead, run });
  };
  const each = (noun) => async () => {
    let count = 0;
    try {
      for (const one of picked) { await post(path(`/orders/{}/${noun}`, one.reference), {}, { key: `${noun}-${one.reference}-${Math.floor(Date.now() / 5000)}` }); count += 1; }
      toast(n('many.done', count));
    } catch (problem) {
      toast(`${n('many.done', count)} ${problem.message}`, { tone: 'bad', seconds: 12 });
    }
    reload();
  };
  return [
    group.main === 'resend' && button('resend', t('action.resend'), each('resends')),
    group.main !== 'resend' && group.main !== null && button('retry', t('action.retry'), each('retries')),
    button('cancel', t('action.cancelMore'), () => cancel(picked, reload), 'danger'),
  ];
};
