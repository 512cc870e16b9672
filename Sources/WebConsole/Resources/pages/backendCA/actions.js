// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be asked of a CA: whether it answers, what may be ordered there, and a proof of everything it can do.

import { get, newKey, path } from '../../app/api.js';
import { foreign, h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { act } from '../../components/dialog.js';
import { facts, plain } from '../../components/facts.js';
import { working } from '../../components/loading.js';
import { operation } from '../../components/operation.js';
import { pill } from '../../components/pill.js';
import { problemLine } from '../../components/problem.js';
import { progress } from '../../components/progress.js';

export function buttons(one, found, page) {
  const of = (name, permission) => (one.actions ?? []).find((action) => action.name === name) ?? { allowed: may(permission), reason: t('action.notHere') };
  return h('div.actions', { role: 'group', 'aria-label': t('action.group') },
    actionButton({ label: t('backendCAs.test'), key: 'check', ...of('check', 'readBackendCAs'), run: () => check(one, found) }),
    actionButton({ label: t('backendCAs.products'), key: 'products', ...of('products', 'readBackendCAs'), run: () => products(one, found) }),
    actionButton({ label: t('backendCAs.proveMore'), key: 'prove', ...of('prove', 'runConformance'), run: () => prove(one, found, page) }));
}

async function check(one, found) {
  await shown(found, async () => {
    const answer = await operation(path('/backend-cas/{}/checks', one.name), {}, { key: newKey() });
    return h('div.panelled.stack', pill(answer?.problem ? 'failed' : 'ok', { text: answer?.problem ? t('backendCAs.fails') : t('backendCAs.works') }),
      facts(Object.entries(answer ?? {}).map(([key, value]) => [key, foreign(plain(value))])));
  });
}

async function products(one, found) {
  await shown(found, async () => {
    const { items } = await get(path('/backend-cas/{}/products', one.name));
    return h('div.scroll', h('table.data', h('caption.unseen', t('backendCAs.products')),
      h('thead', h('tr', [t('backendCAs.productID'), t('column.product'), t('backendCAs.known')].map((title) => h('th', { scope: 'col' }, title)))),
      h('tbody', items.map((product) => h('tr', h('td', { 'data-label': t('backendCAs.productID') }, h('code', foreign(product.id))),
        h('td', { 'data-label': t('column.product') }, foreign(product.title)),
        h('td', { 'data-label': t('backendCAs.known') }, product.isInProfile ? t('text.yes') : t('text.no')))))));
  });
}

async function shown(place, read) {
  try { replace(place, await working(read())); } catch (problem) { replace(place, problemLine(problem)); }
}

function prove(one, found, page) {
  act({
    title: t('backendCAs.proveTitle', { name: one.name }), body: h('p', t('backendCAs.proveText')), verb: t('backendCAs.prove'), danger: true,
    run: async ({ key }) => {
      const bar = progress(t('backendCAs.proveRuns'));
      replace(found, bar.element);
      operation(path('/backend-cas/{}/conformance-runs', one.name), {}, { key, signal: page.signal, onProgress: ({ done, of }) => bar.set({ done, of }) })
        .then((report) => report && replace(found, facts(Object.entries(report).map(([name, value]) => [name, foreign(plain(value), t('text.all'))]))))
        .catch((problem) => replace(found, problemLine(problem)));
    },
  });
}
