// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The first run: eight steps from nothing to the first certificate, each with what it is for, what to write, and the exact command.

import { get } from '../../app/api.js';
import { fragment, h, replace } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { copy } from '../../components/copy.js';
import { panel } from '../../components/facts.js';
import { skeleton } from '../../components/loading.js';
import { stepper } from '../../components/stepper.js';
import { commands, order, places, sections } from './steps.js';

export async function open(page) {
  const one = (step, isDone) => panel(word('setup.step', step), h('p', word('setup.text', step)), isDone && h('p.note', h('span', { 'aria-hidden': 'true' }, '✓ '), t('setup.done')),
    sections[step] && [h('p', t('setup.write')), h('pre', { tabindex: '0' }, sections[step])],
    h('p', t('setup.command')), copy(commands[step]),
    places[step] && h('p', h('a.button.primary', { href: places[step] }, word('setup.open', step))));
  page.title(t('setup.title'));
  page.command('certway doctor');
  page.show(skeleton());
  await page.load('/settings', {
    draw: async (settings) => {
      const done = await state(settings.items ?? []);
      const current = order.find((one) => !done.has(one)) ?? 'first';
      const place = h('div');
      const steps = h('div');
      const choose = (step) => {
        replace(steps, stepper(order.map((id) => ({ id, title: word('setup.step', id), state: id === step ? 'current' : done.has(id) ? 'done' : 'skipped' })), choose));
        replace(place, one(step, done.has(step)));
      };
      choose(current);
      return fragment(h('p', done.size === order.length ? t('setup.all') : t('setup.next', { step: word('setup.step', current) })), steps, place);
    },
  });

  /// What is there by now; a question that may not be asked counts as not done.
  async function state(settings) {
    const found = new Set();
    const isSet = (name) => settings.some((setting) => setting.set && setting.name.startsWith(name));
    if (isSet('tenant')) found.add('tenant');
    if (isSet('intune')) found.add('intune');
    if (isSet('keyRecoveryAgents')) found.add('agent');
    const count = async (path) => { try { return (await get(path, { signal: page.signal })).items?.length ?? 0; } catch { return 0; } };
    const [authorities, templates, certificates] = await Promise.all([count('/backend-cas'), count('/templates'), count('/certificates?limit=1')]);
    if (authorities) found.add('authority');
    if (templates) found.add('template');
    if (certificates) { found.add('first'); found.add('plan'); }
    try {
      const services = await get('/services', { signal: page.signal });
      if (services.at && !services.failed) found.add('permissions');
    } catch { /* asked again on the page of the services */ }
    return found;
  }
}
