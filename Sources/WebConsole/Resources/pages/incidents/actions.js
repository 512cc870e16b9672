// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Starts an incident: what is meant, looked at first, and then the number typed.

import { path, post } from '../../app/api.js';
import { h, replace } from '../../app/dom.js';
import { apiMoment, money, number } from '../../app/format.js';
import { t } from '../../app/i18n.js';
import { go } from '../../app/router.js';
import { act } from '../../components/dialog.js';
import { facts } from '../../components/facts.js';
import { clearFaults } from '../../components/faults.js';
import { working } from '../../components/loading.js';
import { backendCAs, nameField, templates } from '../../components/nameField.js';
import { pace, peopleOf } from '../../components/pace.js';
import { problemLine } from '../../components/problem.js';
import { said, sentences } from '../../components/said.js';
import { moment } from '../../components/time.js';

export function start() {
  const field = (name, label, properties = {}) => {
    const input = h('input', { name, type: 'text', spellcheck: 'false', autocomplete: 'off', ...properties });
    return { input, element: h('label.field', h('span', label), input) };
  };
  const name = field('name', t('incidents.name'), { required: true, maxlength: 100 });
  const template = nameField({ name: 'template', label: t('column.template'), ...templates });
  const backendCA = nameField({ name: 'backendCA', label: t('column.backendCA'), ...backendCAs });
  const before = field('issuedBefore', t('incidents.before'), { type: 'date' });
  const deadline = field('deadline', t('incidents.hours'), { type: 'number', min: 1, required: true, value: '120' });
  const because = field('because', t('incidents.because'), { required: true, maxlength: 500 });
  const perHour = field('pacePerHour', t('incidents.pace'), { type: 'number', min: 1 });
  const report = h('div');
  let expected = null;
  const body = () => ({
    name: name.input.value.trim(), because: because.input.value.trim(), reason: 'superseded',
    deadline: apiMoment(Date.now() + Number(deadline.input.value) * 3_600_000),
    select: Object.fromEntries([['template', template.value()], ['backendCA', backendCA.value()],
      ['issuedBefore', before.input.value]].filter(([, value]) => value)),
    ...(perHour.input.value ? { pacePerHour: Number(perHour.input.value) } : {}),
  });
  const look = async () => {
    clearFaults(opened.element);
    try {
      const found = await working(post('/incidents', body(), { dryRun: true }));
      expected = found.certificates;
      const clicking = peopleOf(found.mustClick ?? []);
      replace(report, facts([
        [t('incidents.certificates'), number(found.certificates)], [t('people.title'), number(found.people)], [t('incidents.orders'), number(found.orders)],
        [t('incidents.mustClick'), number(clicking)], [t('incidents.leftOut'), number(found.leftOut?.length ?? 0)],
        [t('incidents.doneAbout'), moment(found.forecast?.end)], [t('column.cost'), (found.costs ?? []).map(money).join(', ')],
      ]), new Set([found.certificates, found.people, found.orders]).size > 1 && h('p.note', t('incidents.differ')), found.follows && h('p.note', said(found.follows, t('text.all'), 400)), pace(found, clicking), sentences(found.problems));
      opened.check();
    } catch (problem) {
      replace(report, problemLine(problem, opened.element));
    }
  };
  const opened = act({
    title: t('incidents.startTitle'), verb: t('incidents.start'), danger: true, isWide: true, isReady: () => expected > 0,
    body: [h('p', t('incidents.startText')), name.element,
      h('fieldset.field', { name: 'select' }, h('legend', t('incidents.meant')), [template, backendCA, before].map((one) => one.element)),
      [deadline, because, perHour].map((one) => one.element),
      h('p', h('button', { type: 'button', on: { click: look } }, t('button.dryRun'))), report],
    run: async ({ key }) => {
      await post('/incidents', { ...body(), expect: expected }, { key });
      go(path('/console/incidents/{}', body().name));
    },
  });

}
