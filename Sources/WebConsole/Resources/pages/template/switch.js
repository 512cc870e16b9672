// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The way of a template to another CA: first what it means, then at renewal or at once, and the way back.

import { get, path, post } from '../../app/api.js';
import { foreign, h, replace } from '../../app/dom.js';
import { apiMoment } from '../../app/format.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { act, dialog } from '../../components/dialog.js';
import { panel } from '../../components/facts.js';
import { clearFaults } from '../../components/faults.js';
import { working } from '../../components/loading.js';
import { problemLine } from '../../components/problem.js';
import { toast } from '../../components/toast.js';
import { change, switchReport } from './switchReport.js';

export function switchPanel(template, reload) {
  const of = (name) => (template.actions ?? []).find((one) => one.name === name) ?? { allowed: may('configure'), reason: t('switch.mayNot') };
  return panel(t('switch.title'),
    template.switch ? change(template.switch) : h('p.muted', t('switch.none')),
    h('div.actions', { role: 'group', 'aria-label': t('action.group') },
      actionButton({ label: t('switch.more'), key: 'switchCA', ...of('switchCA'), run: () => choose(template, reload) }),
      template.switch && actionButton({ label: t('switch.back'), key: 'switchBack', ...of('switchBack'), run: () => back(template, reload) })));
}

async function choose(template, reload) {
  const authorities = (await working(get('/backend-cas'))).items;
  const to = h('select', { name: 'to', required: true }, authorities.filter((one) => one.name !== template.backendCA)
    .map((one) => h('option', { value: one.name }, one.name)));
  const offered = h('datalist', { id: 'switch-products' });
  const product = h('input', { name: 'product', type: 'text', spellcheck: 'false', autocomplete: 'off', list: offered.id });
  // Asks the CA; where it does not answer, the name can be typed all the same.
  const offer = async () => {
    const { items } = await get(path('/backend-cas/{}/products', to.value)).catch(() => ({ items: [] }));
    replace(offered, items.map((one) => h('option', { value: one.id }, foreign(one.title))));
  };
  to.addEventListener('change', offer);
  offer();
  const when = h('select', { name: 'when' }, h('option', { value: 'renewal' }, t('switch.renewal')), h('option', { value: 'now' }, t('switch.now')));
  const from = h('input', { name: 'from', type: 'datetime-local' });
  const overlap = h('input', { name: 'overlapDays', type: 'number', min: 0, max: 3650 });
  const report = h('div');
  const body = () => ({
    to: to.value, when: when.value, ...(product.value.trim() ? { product: product.value.trim() } : {}),
    ...(from.value ? { from: apiMoment(from.value) } : {}),
    ...(overlap.value ? { overlapDays: Number(overlap.value) } : {}),
  });
  const where = path('/templates/{}/ca-switches', template.name);
  const dryRun = h('button', { type: 'button', on: { click: async () => {
    try {
      clearFaults(asked.element);
      replace(report, switchReport(await working(post(where, body(), { dryRun: true }))));
    } catch (problem) {
      replace(report, problemLine(problem, asked.element));
    }
  } } }, t('button.dryRun'));
  const asked = act({
    title: t('switch.dialog', { name: template.name }), verb: t('switch.do'), danger: true, isWide: true,
    body: [h('label.field', h('span', t('column.backendCA')), to), h('label.field', h('span', t('switch.product')), product), offered,
      h('label.field', h('span', t('switch.when')), when), h('label.field', h('span', t('switch.from')), from),
      h('label.field', h('span', t('switch.overlap')), overlap), h('p', dryRun), report],
    run: async ({ key }) => {
      await post(where, body(), { key });
      toast(t('switch.done'));
      reload();
    },
  });
}

function back(template, reload) {
  if (!template.switch) return dialog({ title: t('switch.none') });
  return act({
    title: t('switch.backTitle', { name: template.name }), body: h('p', t('switch.backText')), verb: t('switch.back'), danger: true,
    run: async ({ key }) => {
      await post(path('/templates/{}/ca-switches', template.name), { back: true, when: 'renewal' }, { key });
      toast(t('switch.done'));
      reload();
    },
  });
}
