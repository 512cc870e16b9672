// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Asking the directories, and putting them right: what would be changed is read there first.

import { address, newKey, post } from '../../app/api.js';
import { h, replace, saveFile } from '../../app/dom.js';
import { n, t } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { working } from '../../components/loading.js';
import { problemLine } from '../../components/problem.js';
import { toast } from '../../components/toast.js';
import { differences, findings } from './view.js';

/// - Parameters:
///   - directories: of the configuration and of before.
///   - trouble: where it is shown what came of it.
export function buttons(page, directories, trouble) {
  const configured = directories.filter((one) => one.kind);
  if (!configured.length) return null;
  const exchange = configured.find((one) => one.kind === 'exchange');
  /// The one that the list is about; all without a filter.
  const meant = () => (configured.some((one) => one.name === page.query.get('directory')) ? { directory: page.query.get('directory') } : {});

  async function run(button, path, query, options, done) {
    button.setAttribute('aria-busy', 'true');
    try {
      const answer = await working(post(address(path, query), undefined, options));
      if (!page.signal.aborted) done(answer);
    } catch (problem) {
      replace(trouble, problemLine(problem));
    } finally {
      button.removeAttribute('aria-busy');
    }
  }

  /// What was shown is asked for: of the same directory, and once.
  function look() {
    const query = meant();
    run(lookButton, '/publication-repairs', query, { dryRun: true, key: newKey() }, ({ differences: found }) => {
      const key = newKey();
      const repair = h('button.primary', { type: 'button', 'data-action': 'repair', on: { click: () => run(repair, '/publication-repairs', query, { key }, ({ certificates }) => {
        replace(trouble);
        toast(n('publication.asked', certificates));
        page.reload();
      }) } }, t('publication.repair'));
      replace(trouble, differences(found, repair));
      trouble.scrollIntoView({ block: 'nearest' });
    });
  }

  const lookButton = h('button', { type: 'button', 'data-action': 'look', on: { click: look } }, t('publication.look'));
  const check = h('button', { type: 'button', 'data-action': 'check', on: { click: () => run(check, '/publication-checks', meant(), {}, ({ items }) => replace(trouble, findings(items))) } }, t('publication.check'));
  const script = h('button', { type: 'button', 'data-action': 'script', on: { click: () => run(script, '/publication-scripts', { directory: exchange.name }, {}, (answer) => saveFile('publish.ps1', 'text/plain', answer.script)) } }, t('publication.script'));
  return h('div.actions', may('redeliver') && lookButton, may('checkServices') && check, may('redeliver') && exchange && script);
}
