// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One order: what it waits for, its way, what happened.

import { path } from '../../app/api.js';
import { foreign, fragment, h, replace } from '../../app/dom.js';
import { money } from '../../app/format.js';
import { t, word } from '../../app/i18n.js';
import { copy } from '../../components/copy.js';
import { skeleton } from '../../components/loading.js';
import { orderPill } from '../../components/pill.js';
import { nowhere } from '../../components/problem.js';
import { said } from '../../components/said.js';
import { ago, moment } from '../../components/time.js';
import { timeline } from '../../components/timeline.js';
import { stepsOf, way } from '../../components/way.js';
import { orderActions } from '../waiting/actions.js';

export async function open(page) {
  const { reference } = page.parameters;
  const crumbs = [{ label: t('waiting.title'), href: '/console/waiting' }];
  page.title(reference, { crumbs });
  page.command(`certway order show ${reference}`);
  page.show(skeleton());
  await page.load(path('/orders/{}', reference), {
    topics: [`order:${reference}`],
    gone: () => nowhere(reference),
    draw: async (order) => {
      const happened = h('div', skeleton(4));
      const steps = h('div', skeleton(1));
      page.get(path('/orders/{}/events', reference), { quiet: true }).then(({ items }) => {
        replace(steps, way(stepsOf(order, items)));
        replace(happened, timeline(items));
      }).catch((error) => { if (!page.signal.aborted) page.fail(error, { put: (...nodes) => replace(happened, ...nodes) }); });
      return fragment(
        h('div.summary', orderPill(order), h('a', { href: path('/console/people/{}', order.userPrincipalName) }, foreign(order.userPrincipalName)),
          h('span', foreign(order.template)), h('span.muted', foreign(order.backendCA))),
        (order.holdReason || order.detail) && h(`p.note${order.holdReason ? '.wait' : ''}`, said(order.holdReason ?? order.detail, t('text.all'))),
        orderActions(order, () => page.reload()),
        h('section.panelled', h('h2', t('certificate.way')), steps),
        h('section.panelled', h('h2', t('order.facts')), h('dl.facts',
          fact(t('order.reference'), copy(order.reference)),
          order.caRequestID && fact(t('order.atCA'), copy(order.caRequestID)),
          fact(t('column.product'), foreign(order.product)),
          order.waitingFor && fact(t('order.waitsFor'), word('waits', order.waitingFor)),
          order.nextActionAt && fact(t('order.next'), ago(order.nextActionAt)),
          fact(t('order.made'), moment(order.createdAt)),
          order.price && fact(t('column.cost'), money(order.price)),
          fact(t('order.names'), h('pre', JSON.stringify(order.names, null, 1))))),
        h('section.panelled', h('h2', t('certificate.timeline')), happened));
    },
  });
}

const fact = (name, value) => [h('dt', name), h('dd', value)];
