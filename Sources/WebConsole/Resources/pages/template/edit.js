// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Changes one template: its part of the configuration as text, with the effect before it is stored.

import { get, path } from '../../app/api.js';
import { h, replace } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { readConfiguration } from '../../components/configuration.js';
import { documentEditor } from '../../components/documentEditor.js';
import { panel } from '../../components/facts.js';
import { working } from '../../components/loading.js';
import { problemLine } from '../../components/problem.js';
import { yaml } from '../../components/yaml.js';

export function editPanel(page, template) {
  const place = h('div.stack');
  const open = async () => {
    try {
      replace(place, await documentEditor({
        page, label: t('configuration.document'), rows: 16, query: { keep: true }, onStored: () => page.reload(),
        // The version first: what is read after it is not older.
        read: () => working(readConfiguration().then(async ({ etag }) => ({ etag, text: yaml((await get(path('/templates/{}', template.name))).document ?? {}) }))),
        body: (text) => `templates:\n- ${text.replace(/\n/g, '\n  ')}\n`,
      }));
    } catch (problem) { replace(place, problemLine(problem)); }
  };
  if (page.memory.draft) open();
  return panel(t('templates.edit'), h('p', t('templates.editText')),
    h('div.actions', actionButton({ label: t('templates.edit'), key: 'edit', allowed: may('configure'), reason: t('configuration.mayNot'), run: open })), place);
}
