// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What orders have cost, by month, template, CA or product.

import { foreign, fragment, h } from '../../app/dom.js';
import { money, month, number } from '../../app/format.js';
import { t, word } from '../../app/i18n.js';
import { go } from '../../app/router.js';
import { facts, panel } from '../../components/facts.js';
import { skeleton } from '../../components/loading.js';

const groupings = ['all', 'month', 'template', 'product'];

export async function open(page) {
  const by = groupings.includes(page.query.get('groupBy')) ? page.query.get('groupBy') : null;
  page.title(t('costs.title'));
  page.command('certway cost');
  page.show(skeleton());
  await page.load('/costs', {
    query: by ? { groupBy: by } : {},
    draw: (costs) => fragment(
      panel(null, facts([[t('costs.spent', { month: month(costs.thisMonth.month) }), spent(costs)], [t('plans.budget'), money(costs.budgetPerMonth)],
        [t('costs.total', { from: month(costs.from), to: month(costs.to) }), sums(costs.total)]])),
      h('nav.presets', { 'aria-label': t('costs.by') }, groupings.map((one) => h('a.button.tab', {
        href: `/console/costs?groupBy=${one}`, 'aria-current': one === (by ?? 'all') ? 'page' : null,
        on: { click: (event) => { event.preventDefault(); go(`/console/costs?groupBy=${one}`); } },
      }, word('costsBy', one)))),
      costs.rows?.length ? table(costs.rows) : h('section.empty', h('h2', t('costs.none')), h('p', t('costs.noneText')))),
  });
}

/// Nothing spent is an answer beside a budget.
const spent = ({ thisMonth, budgetPerMonth }) => sums(thisMonth.spent) || (budgetPerMonth ? money({ ...budgetPerMonth, amount: '0' }) : '');

const sums = (value) => [value].flat().filter((one) => one?.amount != null).map(money).join(', ');

/// As people read them; what no row tells apart is left out.
const columns = ['month', 'template', 'backendCA', 'product', 'orders', 'certificates', 'underWay', 'cost', 'underWayCost'];

function table(rows) {
  const names = columns.filter((name) => rows.some((row) => row[name] != null && row[name] !== ''));
  const isMoney = (value) => [value].flat().some((one) => one?.amount != null);
  const cell = (value, name) => (name === 'month' ? month(value) : value == null ? '' : isMoney(value) ? sums(value) : typeof value === 'number' ? number(value) : foreign(String(value)));
  return h('div.scroll', { role: 'region', tabindex: '0', 'aria-label': t('costs.title') }, h('table.data', h('caption.unseen', t('costs.title')),
    h('thead', h('tr', names.map((name) => h('th', { scope: 'col' }, word('costsColumn', name))))),
    h('tbody', rows.map((row) => h('tr', names.map((name) => h('td', { 'data-label': word('costsColumn', name) }, cell(row[name], name))))))));
}
