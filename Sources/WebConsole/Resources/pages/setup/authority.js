// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The step of the CA: one that there is already, or one of our own made here.

import { get, post } from '../../app/api.js';
import { h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { backendCAForm, testUnsaved } from '../../components/backendCAForm.js';
import { storeSections } from '../../components/configuration.js';
import { act } from '../../components/dialog.js';
import { facts } from '../../components/facts.js';
import { schemaForm } from '../../components/form.js';
import { skeleton } from '../../components/loading.js';
import { problemLine } from '../../components/problem.js';
import { testedStep } from '../../components/testedStep.js';

/// - Parameter next: called once a CA is stored.
export function authorityStep(next) {
  const place = h('div.stack');
  const form = schemaForm([
    { name: 'name', title: t('backendCAs.name'), kind: 'text', required: true, default: 'local-ca', help: t('setup.local.nameHelp'), rank: 0 },
    { name: 'commonName', title: t('setup.local.commonName'), kind: 'text', required: true, default: 'Certway Local CA', help: t('setup.local.commonNameHelp'), rank: 1 },
    { name: 'passphrase', title: t('setup.local.passphrase'), kind: 'secret', help: t('setup.local.passphraseHelp'), rank: 2 },
  ]);
  const make = () => act({
    title: t('setup.local.title'), body: [h('p', t('setup.local.text')), form.element], verb: t('setup.local.verb'),
    run: async ({ key }) => {
      const values = form.values();
      const made = await post('/local-authorities', values, { key });
      await connect(values, made);
    },
  });

  /// Shows the connection to the CA that was made, filled in; it is tested and stored like any other.
  async function connect(values, made) {
    replace(place, skeleton(3));
    try {
      const connector = await get(`/connectors/${made.connector}`);
      const settings = backendCAForm(connector, { name: values.name, acceptedRoots: made.acceptedRoots, 'settings.directory': made.folder,
        ...(values.passphrase ? { 'settings.passphrase': values.passphrase } : {}) });
      replace(place, h('div.note.wait', h('p', t('setup.local.offline')), facts([[t('setup.local.rootFolder'), h('code', made.rootFolder)]])),
        testedStep({ form: settings, verb: t('setup.store'), test: () => testUnsaved(settings.entry()),
          store: async () => { await storeSections({ backendCAs: [settings.entry()] }); next(); } }));
    } catch (problem) {
      replace(place, problemLine(problem));
    }
  }

  return h('div.stack', h('div.actions',
    h('button.primary', { type: 'button', 'data-action': 'local', on: { click: make } }, t('setup.local.button')),
    h('a.button', { href: '/console/backend-cas-new' }, t('setup.open.authority'))), place);
}
