// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One template: what is set, what names it makes for real people, and the way to another CA.

import { path } from '../../app/api.js';
import { fragment } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { skeleton } from '../../components/loading.js';
import { nowhere } from '../../components/problem.js';
import { editPanel } from './edit.js';
import { preview } from './preview.js';
import { switchPanel } from './switch.js';
import { settings, summary } from './view.js';

export async function open(page) {
  const { name } = page.parameters;
  page.title(name, { crumbs: [{ label: t('templates.title'), href: '/console/templates' }] });
  page.command(`certway template show '${name.replace(/'/g, "'\\''")}'`);
  page.show(skeleton());
  await page.load(path('/templates/{}', name), {
    gone: () => nowhere(name),
    draw: (template) => fragment(summary(template), settings(template),
      may('readTemplates') && preview(template), editPanel(page, template), switchPanel(template, () => page.reload())),
  });
}
