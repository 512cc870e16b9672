// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The first run: eight steps from nothing to the first certificate, each with one form, the exact command, what it does, and a test before it is stored.

import { get, patch, path } from '../../app/api.js';
import { h, replace } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { actionButton } from '../../components/action.js';
import { changesOf, storeSections } from '../../components/configuration.js';
import { copy } from '../../components/copy.js';
import { panel } from '../../components/facts.js';
import { schemaForm } from '../../components/form.js';
import { skeleton } from '../../components/loading.js';
import { problemLine } from '../../components/problem.js';
import { said } from '../../components/said.js';
import { stepper } from '../../components/stepper.js';
import { testedStep } from '../../components/testedStep.js';
import { complain } from '../../components/toast.js';
import { may } from '../../app/session.js';
import { authorityStep } from './authority.js';
import { firstStep, permissionStep, planStep } from './looks.js';
import { yaml } from '../../components/yaml.js';
import { forms } from './steps.js';

export async function open(page) {
  page.title(t('setup.title'));
  page.command('certway setup');
  const head = h('div.stack');
  const place = h('div');
  page.show(head, place);
  replace(head, skeleton());
  let standing = null;
  let shown = null;

  const read = async () => {
    standing = await page.get('/setup', { quiet: standing !== null });
    return standing;
  };

  function drawHead() {
    const steps = standing.steps.map((one) => ({ id: one.id, title: word('setup.step', one.id), isReachable: true, state: one.id === shown && one.state !== 'done' ? 'current' : one.state === 'current' ? 'open' : one.state }));
    const next = standing.steps.find((one) => one.id === standing.current);
    replace(head, h('p', { role: 'status' }, next ? t('setup.next', { step: word('setup.step', next.id) }) : t('setup.all')),
      stepper(steps, (id) => show(id)));
  }

  /// Takes up what has changed, and goes on where one is, or to the next step.
  async function advance() {
    await read();
    await show(standing.current ?? 'first');
  }

  async function show(id) {
    shown = id;
    page.filter({ step: id });
    drawHead();
    const index = standing.steps.findIndex((one) => one.id === id);
    const step = standing.steps[index];
    const work = h('div.stack', skeleton(2));
    const back = standing.steps[index - 1];
    replace(place, panel(`${index + 1} · ${word('setup.step', id)}`,
      h('p', word('setup.text', id)),
      ['tenant', 'intune', 'agent', 'authority'].includes(id) && h('p', t('setup.secretFolder'), ' ', h('code', standing.secretFolder)),
      h('p.note', { 'data-state': step.state }, h('span', { 'aria-hidden': 'true' }, step.state === 'done' ? '✓ ' : '● '), said(step.text)),
      work,
      h('div.actions', back && h('button', { type: 'button', on: { click: () => show(back.id) } }, t('setup.back')),
        step.state !== 'done' && actionButton({ label: step.state === 'skipped' ? t('setup.takeUp') : t('setup.skip'), key: 'skip', allowed: may('configure'), reason: t('setup.mayNot'), run: () => skip(step) }),
        standing.steps[index + 1] && step.state === 'done' && h('button', { type: 'button', on: { click: () => show(standing.steps[index + 1].id) } }, t('setup.next.verb')))));
    try {
      replace(work, await bodyOf(step));
    } catch (problem) {
      if (!page.signal.aborted) replace(work, problemLine(problem));
    }
  }

  async function skip(step) {
    try {
      standing = (await patch(path('/setup/steps/{}', step.id), { skipped: step.state !== 'skipped' })).data;
      await show(step.state === 'skipped' ? step.id : standing.current ?? step.id);
    } catch (problem) { complain(problem); }
  }

  async function bodyOf(step) {
    const shell = (...nodes) => [nodes, h('p', t('setup.command')), copy(step.command)];
    if (step.id === 'permissions') return shell(permissionStep(page, advance));
    if (step.id === 'authority') return shell(authorityStep(advance));
    if (step.id === 'plan') return shell(await planStep(page, advance));
    if (step.id === 'first') return shell(await firstStep(page));
    const { fields, sections } = forms[step.id];
    const form = schemaForm(await fields());
    const text = h('pre', { tabindex: '0', 'aria-label': t('setup.write') });
    const write = () => { text.textContent = yaml(sections(form.values())); };
    form.element.addEventListener('input', write);
    write();
    return shell(testedStep({
      form, verb: t('setup.store'),
      test: async () => changesOf(await storeSections(sections(form.values()), { dryRun: true })),
      store: async () => { await storeSections(sections(form.values())); await advance(); },
    }), h('details', h('summary', t('setup.write')), text));
  }

  try {
    await read();
  } catch (problem) {
    return page.fail(problem, { again: () => open(page) });
  }
  const asked = page.query.get('step');
  await show(standing.steps.some((one) => one.id === asked) ? asked : standing.current ?? 'first');
  // Plan and first certificate move by themselves.
  const timer = setInterval(async () => {
    if (page.signal.aborted || !['plan', 'first'].includes(shown)) return;
    const before = JSON.stringify(standing.steps);
    await read().catch(() => {});
    if (JSON.stringify(standing.steps) !== before || shown === 'first') await show(shown === 'plan' ? standing.current ?? 'first' : shown);
  }, 3000);
  page.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
