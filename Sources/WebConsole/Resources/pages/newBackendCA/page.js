// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A new connection to a CA: its connector, its settings by the words of the profile, then a dry run and the storing of it.

import { get, path, put, Problem } from '../../app/api.js';
import { foreign, fragment, h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { go } from '../../app/router.js';
import { act } from '../../components/dialog.js';
import { panel, sentences } from '../../components/facts.js';
import { schemaForm } from '../../components/form.js';
import { skeleton, working } from '../../components/loading.js';
import { problemLine } from '../../components/problem.js';
import { toast } from '../../components/toast.js';

export async function open(page) {
  page.title(t('backendCAs.add'), { crumbs: [{ label: t('backendCAs.title'), href: '/console/backend-cas' }] });
  page.command('certway apply -f certway.yaml');
  page.show(skeleton());
  const place = h('div.stack');
  await page.load('/connectors', { draw: ({ items }) => {
    const choice = h('select', { name: 'connector', on: { change: () => choose(choice.value, place) } }, h('option', { value: '' }, ''),
      items.map((one) => h('option', { value: one.connector }, `${one.title ?? one.connector} (${one.connector})`)));
    return fragment(panel(t('backendCAs.stepConnector'), h('label.field', h('span', t('backendCAs.connector')), choice)), place);
  } });
}

async function choose(name, place) {
  if (!name) return replace(place);
  const connector = await working(get(path('/connectors/{}', name)));
  const settings = connector.settings ?? [];
  const form = schemaForm([
    { name: 'name', title: t('backendCAs.name'), kind: 'text', required: true, help: t('backendCAs.nameHelp'), rank: -3 },
    { name: 'environment', title: t('backendCAs.environment'), kind: 'choice', choices: Object.keys(connector.environments ?? {}).map((value) => ({ value })), rank: -2 },
    { name: 'acceptedRoots', title: t('backendCAs.roots'), kind: 'file', required: true, help: t('backendCAs.rootsHelp'), rank: -1 },
    ...settings.map((one, index) => ({ name: `settings.${one.key}`, title: one.title ?? one.key, kind: kinds[one.type] ?? 'text', required: one.required, help: one.help,
      default: one.default, choices: choices(one), rank: index })),
  ]);
  const trouble = h('div');
  const document = () => {
    const values = form.values();
    const entry = { name: values.name, connector: name, acceptedRoots: values.acceptedRoots, settings: {} };
    if (values.environment) entry.environment = values.environment;
    for (const [key, value] of Object.entries(values)) if (key.startsWith('settings.')) entry.settings[key.slice(9)] = value;
    return JSON.stringify({ backendCAs: [entry] }, null, 1);
  };
  const send = async (options) => {
    const { etag } = await readTag();
    return put('/configuration', document(), { type: 'application/yaml', ifMatch: etag, ...options });
  };
  const tryIt = async () => {
    try {
      const { data } = await working(send({ dryRun: true }));
      replace(trouble, h('div.note', t('backendCAs.dryRunGood'), sentences(data?.warnings)));
    } catch (problem) {
      form.show(problem.errors ?? []);
      replace(trouble, problemLine(problem));
    }
  };
  const save = () => act({
    title: t('backendCAs.addTitle', { name: form.values().name ?? '' }), body: [h('p', t('backendCAs.addText')), h('pre', document())], verb: t('backendCAs.addVerb'),
    run: async ({ key }) => {
      await send({ key });
      toast(t('backendCAs.added'));
      go(path('/console/backend-cas/{}', form.values().name));
    },
  });
  replace(place, panel(foreign(connector.title ?? name), form.element, trouble,
    h('div.actions', h('button', { type: 'button', on: { click: tryIt } }, t('button.dryRun')), h('button.primary', { type: 'button', on: { click: save } }, t('backendCAs.saveMore')))));
}

const kinds = { secret: 'secret', integer: 'integer', boolean: 'boolean', choice: 'choice', file: 'file' };

const choices = (one) => (Array.isArray(one.choices) ? one.choices.map((value) => (typeof value === 'object' ? value : { value, title: value }))
  : Object.entries(one.choices ?? {}).map(([value, title]) => ({ value, title })));

/// The version of what is stored, without which nobody overwrites it.
async function readTag() {
  const { call } = await import('../../app/api.js');
  try { return await call('GET', '/configuration'); } catch (error) {
    if (error instanceof Problem && error.isGone) return { etag: null };
    throw error;
  }
}
