// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One certificate: its state, what can be done, its way, what happened, what is in it.

import { path } from '../../app/api.js';
import { fragment, h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { skeleton } from '../../components/loading.js';
import { compare, copySupportCase } from '../../components/compare.js';
import { nowhere } from '../../components/problem.js';
import { timeline } from '../../components/timeline.js';
import { stepsOf, way } from '../../components/way.js';
import { handOvers, holders } from './handOvers.js';
import { content, history, publications, summary } from './view.js';
import { actionsOf, begin } from './actions.js';

export async function open(page) {
  const { number } = page.parameters;
  const crumbs = [{ label: t('certificates.title'), href: '/console/certificates' }];
  page.title(t('certificate.title', { number }), { crumbs });
  page.show(skeleton());
  let hasBegun = false;
  const happened = h('div', skeleton(4));
  const steps = h('div');
  await page.load(path('/certificates/{}', number), {
    topics: ['orders'],
    gone: () => nowhere(t('certificate.title', { number })),
    draw: (certificate) => {
      page.title(certificate.displayName ?? certificate.userPrincipalName, { crumbs });
      page.command(`certway certificate show ${certificate.serialNumber}`);
      if (may('readOrders')) readOrder(certificate);
      const reload = () => page.reload();
      if (!hasBegun && page.query.get('do')) begin(page.query.get('do'), certificate, reload);
      hasBegun = true;
      return fragment(summary(certificate), actionsOf(certificate, reload),
        may('readOrders') && [h('section.panelled', h('h2', t('certificate.way')), steps), history(certificate),
          h('section.panelled', h('h2', t('certificate.timeline')), happened)],
        publications(certificate), holders(page, certificate), handOvers(page, certificate), content(certificate));
    },
  });

  /// The order is a second call: it may be long, and the rest need not wait for it.
  async function readOrder(certificate) {
    try {
      const [order, events] = await Promise.all([
        page.get(path('/orders/{}', certificate.orderID), { quiet: true }),
        page.get(path('/orders/{}/events', certificate.orderID), { quiet: true })]);
      replace(steps, way(stepsOf(order, events.items, certificate.delivery, certificate.publications)));
      replace(happened, h('p', h('a.target', { href: path('/console/orders/{}', order.reference) }, t('certificate.order', { reference: order.reference }))), timeline(events.items),
        h('div.actions', h('button', { type: 'button', 'data-action': 'compare', on: { click: () => compare(order, certificate) } }, t('compare.button')),
          h('button', { type: 'button', 'data-action': 'supportCase', on: { click: () => copySupportCase(order, events.items, certificate) } }, t('compare.case'))));
    } catch (error) {
      if (!page.signal.aborted) page.fail(error, { put: (...nodes) => replace(happened, ...nodes) });
    }
  }
}
