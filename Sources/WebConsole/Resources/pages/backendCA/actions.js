// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be asked of a CA: whether it answers, what may be ordered there, and a proof of everything it can do.

import { get, path } from '../../app/api.js';
import { foreign, h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { go } from '../../app/router.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { act } from '../../components/dialog.js';
import { facts, plain } from '../../components/facts.js';
import { working } from '../../components/loading.js';
import { follow, operation } from '../../components/operation.js';
import { pill } from '../../components/pill.js';
import { problemLine } from '../../components/problem.js';
import { progress } from '../../components/progress.js';
import { sentences } from '../../components/said.js';

export function buttons(one, found, page) {
  const of = (name, permission) => (one.actions ?? []).find((action) => action.name === name) ?? { allowed: may(permission), reason: t('action.notHere') };
  return h('div.actions', { role: 'group', 'aria-label': t('action.group') },
    actionButton({ label: t('backendCAs.test'), key: 'check', ...of('check', 'readBackendCAs'), run: () => check(one, found) }),
    actionButton({ label: t('backendCAs.products'), key: 'listProducts', ...of('listProducts', 'readBackendCAs'), run: () => products(one, found) }),
    actionButton({ label: t('backendCAs.proveMore'), key: 'runConformance', ...of('runConformance', 'runConformance'), run: () => prove(one, found, page) }),
    actionButton({ label: t('nav.configuration'), key: 'configure', ...of('configure', 'configure'), run: () => go('/console/configuration') }));
}

async function check(one, found) {
  await shown(found, async () => {
    const answer = await operation(path('/backend-cas/{}/checks', one.name));
    return h('div.panelled.stack', pill(answer?.ok ? 'ok' : 'failed', { text: answer?.ok ? t('backendCAs.works') : t('backendCAs.fails') }),
      sentences(answer?.configuration),
      facts((answer?.roots ?? []).map((root, index) => [t('backendCAs.root', { number: index + 1 }), foreign(plain(root))])));
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
      // The address remembers the run: whoever opens it again sees how far it is.
      const onStart = (id) => page.filter({ run: id });
      report(found, (looks) => operation(path('/backend-cas/{}/conformance-runs', one.name), {}, { key, onStart, ...looks }), page);
    },
  });
}

/// Goes on showing a run that the address names.
export function resume(found, page) {
  const id = page.query.get('run');
  if (id) report(found, (looks) => follow(id, looks), page);
}

async function report(found, read, page) {
  const bar = progress(t('backendCAs.proveRuns'));
  replace(found, bar.element);
  try {
    const result = await read({ signal: page.signal, onProgress: ({ done, of }) => bar.set({ done, of }) });
    if (result) replace(found, facts(Object.entries(result).map(([name, value]) => [name, foreign(plain(value), t('text.all'))])));
  } catch (problem) {
    if (!page.signal.aborted) replace(found, problemLine(problem));
  }
}
