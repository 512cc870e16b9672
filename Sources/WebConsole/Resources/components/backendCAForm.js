// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The connection to a CA by the words of its connector's profile, and the test of values that are not stored.

import { post } from '../app/api.js';
import { foreign, h } from '../app/dom.js';
import { n, t } from '../app/i18n.js';
import { schemaForm } from './form.js';
import { pill } from './pill.js';
import { sentences } from './said.js';

const kinds = { secret: 'secret', integer: 'integer', boolean: 'boolean', choice: 'choice', file: 'file' };

const choices = (one) => (Array.isArray(one.choices) ? one.choices.map((value) => (typeof value === 'object' ? value : { value, title: value }))
  : Object.entries(one.choices ?? {}).map(([value, title]) => ({ value, title })));

/// - Parameter connector: as `GET /connectors/{name}` answers. - Returns: the form of `schemaForm` and `entry()`, as it stands in the configuration.
export function backendCAForm(connector, values = {}) {
  const environments = Object.keys(connector.environments ?? {});
  const isLocal = connector.connector === 'local-ca';
  const form = schemaForm([
    { name: 'name', title: t('backendCAs.name'), kind: 'text', required: true, help: t('backendCAs.nameHelp'), rank: -5 },
    ...(environments.length ? [{ name: 'environment', title: t('backendCAs.environment'), kind: 'choice', choices: environments.map((value) => ({ value, title: value })), rank: -4 }] : []),
    ...(isLocal ? [] : [{ name: 'endpoint', title: t('backendCAs.endpoint'), kind: 'text', help: t('backendCAs.endpointHelp'), rank: -3 }]),
    { name: 'acceptedRoots', title: t('backendCAs.roots'), kind: 'file', required: true, help: t('backendCAs.rootsHelp'), rank: -2 },
    ...(isLocal ? [] : [{ name: 'tlsRoots', title: t('backendCAs.tlsRoots'), kind: 'file', help: t('backendCAs.tlsRootsHelp'), rank: -1 }]),
    ...(connector.settings ?? []).map((one, index) => ({ name: `settings.${one.key}`, title: one.title ?? one.key, kind: kinds[one.type] ?? 'text',
      required: one.required !== false && one.default == null, help: one.help, default: one.default, choices: choices(one), rank: one.rank ?? index })),
  ], values);
  return { ...form, entry: () => {
    const given = form.values();
    const entry = { name: given.name ?? '', connector: connector.connector, acceptedRoots: given.acceptedRoots ?? '', settings: {} };
    for (const key of ['environment', 'endpoint', 'tlsRoots']) if (given[key]) entry[key] = given[key];
    for (const [key, value] of Object.entries(given)) if (key.startsWith('settings.')) entry.settings[key.slice(9)] = value;
    return entry;
  } };
}

/// Asks the CA by values that are not stored. - Returns: `{isGood, nodes, products}`.
export async function testUnsaved(entry) {
  const answer = await post('/backend-cas/checks', entry);
  const { products = [] } = answer;
  return { isGood: answer.ok === true, products, nodes: h('div.panelled.stack',
    pill(answer.ok ? 'ok' : 'failed', { text: answer.ok ? t('backendCAs.works') : t('backendCAs.fails') }),
    answer.account && h('p', t('backendCAs.signedInAs'), ' ', foreign(answer.account)),
    answer.error && h('p', foreign(answer.error, t('text.all'))),
    sentences([...(answer.facts ?? []), ...(answer.warnings ?? [])]),
    sentences((answer.roots ?? []).map((root) => root.text ?? '')),
    products.length > 0 && [h('h3', n('backendCAs.offered', products.length)), productTable(products)]) };
}

/// What an account may order.
export const productTable = (items) => h('div.scroll', { role: 'region', tabindex: '0', 'aria-label': t('backendCAs.products') }, h('table.data', h('caption.unseen', t('backendCAs.products')),
  h('thead', h('tr', [t('backendCAs.productID'), t('column.product'), t('backendCAs.known')].map((title) => h('th', { scope: 'col' }, title)))),
  h('tbody', items.map((product) => h('tr', h('td', { 'data-label': t('backendCAs.productID') }, h('code', foreign(product.id))),
    h('td', { 'data-label': t('column.product') }, foreign(product.title)),
    h('td', { 'data-label': t('backendCAs.known') }, product.isInProfile ? t('text.yes') : t('text.no')))))));
