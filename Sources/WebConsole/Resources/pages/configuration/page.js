// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The whole configuration as one document.

import { t } from '../../app/i18n.js';
import { h } from '../../app/dom.js';
import { readConfiguration } from '../../components/configuration.js';
import { documentEditor } from '../../components/documentEditor.js';
import { skeleton, working } from '../../components/loading.js';
import { said } from '../../components/said.js';

export async function open(page) {
  page.title(t('configuration.title'));
  page.command('certway export');
  page.show(skeleton());
  try {
    const editor = await documentEditor({ page, read: () => working(readConfiguration()), label: t('configuration.document') });
    page.asOf();
    page.show(h('p', said(t('configuration.text'))), editor);
  } catch (problem) {
    page.fail(problem, { again: () => open(page) });
  }
}
