// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A new connection to a CA in steps: its connector, its settings by the words of the profile, a test of what is not stored yet, what the account
/// may order; then it is stored and can be proved and used.

import { get, path } from '../../app/api.js';
import { foreign, fragment, h, replace } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { go } from '../../app/router.js';
import { backendCAForm, testUnsaved } from '../../components/backendCAForm.js';
import { changesOf, storeSections } from '../../components/configuration.js';
import { act } from '../../components/dialog.js';
import { panel } from '../../components/facts.js';
import { skeleton, working } from '../../components/loading.js';
import { stepper } from '../../components/stepper.js';
import { testedStep } from '../../components/testedStep.js';
import { toast } from '../../components/toast.js';

const steps = ['connector', 'connection', 'test', 'products', 'prove', 'use'];

export async function open(page) {
  page.title(t('backendCAs.add'), { crumbs: [{ label: t('backendCAs.title'), href: '/console/backend-cas' }] });
  page.command('certway apply -f certway.yaml');
  page.show(skeleton());
  let wanted = '';
  const way = h('div');
  const place = h('div.stack');
  const at = (index) => replace(way, stepper(steps.map((id, number) => ({ id, title: word('backendCAs.step', id), state: number < index ? 'done' : number === index ? 'current' : 'open' }))));
  await page.load('/connectors', { draw: ({ items }) => {
    const choice = h('select', { name: 'connector', on: { change: () => choose(choice.value) } }, h('option', { value: '' }, ''),
      items.map((one) => h('option', { value: one.connector }, `${one.title ?? one.connector} (${one.connector})`)));
    at(0);
    return fragment(way, panel(t('backendCAs.stepConnector'), h('label.field', h('span', t('backendCAs.connector')), choice)), place);
  } });

  async function choose(name) {
    wanted = name;
    if (!name) { at(0); return replace(place); }
    const connector = await working(get(path('/connectors/{}', name)));
    // Whoever goes through the list by its arrows chooses each on the way: an answer that comes late is none any more.
    if (wanted !== name) return;
    const form = backendCAForm(connector);
    at(1);
    const step = testedStep({
      form, verb: t('backendCAs.saveMore'), mayUntested: true,
      test: async () => {
        at(2);
        const answer = await testUnsaved(form.entry());
        at(answer.isGood ? 3 : 2);
        return answer;
      },
      store: async () => save(form.entry(), await storeSections({ backendCAs: [form.entry()] }, { dryRun: true })),
    });
    replace(place, panel(foreign(connector.title ?? name), h('p.muted', t('backendCAs.untested')), step));
  }

  const save = (entry, effect) => act({
    title: t('backendCAs.addTitle', { name: entry.name }), verb: t('backendCAs.addVerb'), isWide: true,
    body: [h('p', t('backendCAs.addText')), changesOf(effect), h('pre', { tabindex: '0' }, JSON.stringify({ backendCAs: [entry] }, null, 1))],
    run: async ({ key }) => {
      await storeSections({ backendCAs: [entry] }, { key });
      toast(t('backendCAs.added'));
      go(path('/console/backend-cas/{}', entry.name));
    },
  });
}
