// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be done to an order that waits: send the mail again, try again, cancel, or say what a person found at the CA.

import { path, post } from '../../app/api.js';
import { h } from '../../app/dom.js';
import { money } from '../../app/format.js';
import { n, t } from '../../app/i18n.js';
import { again } from '../../app/router.js';
import { actionBar, actionButton, canDo } from '../../components/action.js';
import { act } from '../../components/dialog.js';
import { said } from '../../components/said.js';
import { complain, toast } from '../../components/toast.js';

const done = (reload) => (reload ?? again)();
const isDecided = ['declareFound', 'declareAbsent', 'cancelAbsent'];

/// The three ways to settle a doubt are one button; it is not shown where there is no doubt.
function offered(order) {
  const all = order.actions ?? [];
  const decisions = all.filter((one) => isDecided.includes(one.name));
  const rest = all.filter((one) => !isDecided.includes(one.name) && (one.allowed || one.name !== 'repeat'));
  return decisions.some((one) => one.allowed) ? [{ name: 'decide', allowed: true }, ...rest] : rest;
}

/// - Parameters:
///   - reload: reads the page again; nil for the whole page.
///   - look: `isQuiet`, and `only` for the names of some.
export const orderActions = (order, reload, look) => actionBar(offered(order).filter((one) => !look?.only || look.only.includes(one.name)), {
  decide: { label: t('action.decide'), kind: 'primary', run: () => decide(order, reload) },
  resend: { label: t('action.resend'), run: () => now(order, 'resends', t('order.resent'), reload) },
  retry: { label: t('action.retry'), run: () => now(order, 'retries', t('order.retried'), reload) },
  repeat: { label: t('action.repeatMore'), run: () => repeat(order, reload) },
  cancel: { label: t('action.cancelMore'), kind: 'danger', run: () => cancel([order], reload) },
}, look);

/// What costs nothing and can be repeated is done without a question.
async function now(order, noun, sentence, reload) {
  try {
    await post(path(`/orders/{}/${noun}`, order.reference));
    toast(sentence);
    done(reload);
  } catch (problem) {
    complain(problem);
  }
}

function cancel(orders, reload) {
  const [order] = orders;
  act({
    title: orders.length === 1 ? t('cancel.title', { reference: order.reference, who: order.userPrincipalName }) : n('cancel.many', orders.length),
    verb: n('cancel.verb', orders.length), danger: true,
    body: [h('p', t('cancel.effect')), h('label.field', h('span', t('revoke.cause')), h('input', { name: 'because', required: true, maxlength: 500, autofocus: true }))],
    run: async ({ key, form }) => {
      const because = form.elements.because.value.trim();
      for (const one of orders) await post(path('/orders/{}/cancellations', one.reference), { because }, { key });
      toast(n('cancel.done', orders.length));
      done(reload);
    },
  });
}

/// A new order costs again, so it is asked for by name and price.
function repeat(order, reload) {
  act({
    title: t('repeat.title', { who: order.userPrincipalName, template: order.template }), verb: t('action.order'),
    body: h('p', t('repeat.effect', { price: order.price ? money(order.price) : '' })),
    run: async ({ key }) => {
      const made = await post(path('/orders/{}/repetitions', order.reference), undefined, { key });
      toast(t('repeat.done', { reference: made.reference }));
      done(reload);
    },
  });
}

/// The CA's answer was lost: a person has looked there and says what is true. Each way leaves an event with a name.
function decide(order, reload) {
  const choices = [
    ['found', t('decide.found'), canDo(order, 'declareFound')],
    ['absent', t('decide.absent', { price: order.price ? money(order.price) : '' }), canDo(order, 'declareAbsent')],
    ['search', t('decide.search'), canDo(order, 'retry')],
    ['end', t('decide.end'), canDo(order, 'cancelAbsent')],
  ].filter(([, , isPossible]) => isPossible);
  const id = h('input', { name: 'id', placeholder: t('decide.id'), 'aria-label': t('decide.id'), maxlength: 400 });
  const calls = {
    found: () => ['findings', { found: id.value.trim() }], absent: () => ['findings', { absent: true }],
    search: () => ['retries', undefined], end: () => ['cancellations', { absent: true }],
  };
  const finding = (form) => form.querySelector('input[name=finding]:checked')?.value;
  const dialog = act({
    title: t('decide.title', { reference: order.reference, who: order.userPrincipalName }), verb: t('decide.verb'),
    body: [
      h('p', said(order.holdReason ?? order.detail ?? '', t('text.all'))),
      h('fieldset.stack', h('legend.unseen', t('decide.verb')), choices.map(([value, label], index) =>
        h('div.row', h('label.check', h('input', { type: 'radio', name: 'finding', value, checked: index === 0 }), ' ', label), value === 'found' && id))),
    ],
    isReady: (form) => finding(form) !== 'found' || id.value.trim() !== '',
    run: async ({ key, form }) => {
      const [noun, body] = calls[finding(form)]();
      await post(path(`/orders/{}/${noun}`, order.reference), body, { key });
      toast(t('decide.done'));
      done(reload);
    },
  });
  dialog.check();
}

/// For the chosen rows of a group.
export const choice = (page, group) => (keys, picked, { uncheck }) => {
  const reload = () => { uncheck(); page.reload(); };
  const button = (name, label, run, kind) => {
    const against = picked.flatMap((one) => one.actions ?? []).find((action) => action.name === name && !action.allowed);
    return actionButton({ label, kind, allowed: picked.length > 0 && picked.every((one) => canDo(one, name)), reason: against?.reason, instead: against?.instead, run });
  };
  const each = (noun) => async () => {
    let count = 0;
    try {
      for (const one of picked) { await post(path(`/orders/{}/${noun}`, one.reference)); count += 1; }
      toast(n('many.done', count));
    } catch (problem) {
      if (count > 0) toast(n('many.done', count));
      complain(problem);
    }
    reload();
  };
  return [
    group?.main === 'resend' ? button('resend', t('action.resend'), each('resends')) : button('retry', t('action.retry'), each('retries')),
    button('cancel', t('action.cancelMore'), () => cancel(picked, reload), 'danger'),
  ];
};
