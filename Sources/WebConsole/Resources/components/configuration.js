// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Parts of the configuration as the console stores them: always against the version that was seen.

import { call, Problem } from '../app/api.js';
import { foreign, h } from '../app/dom.js';
import { n, t, word } from '../app/i18n.js';
import { sentences } from './said.js';

/// The stored document and its version. - Returns: `{text, etag}`; an empty text before the first one.
export async function readConfiguration() {
  try {
    const { data, etag } = await call('GET', '/configuration');
    return { text: typeof data === 'string' ? data : '', etag };
  } catch (error) {
    if (error instanceof Problem && error.isGone) return { text: '', etag: '*' };
    throw error;
  }
}

/// Adds to the configuration or changes in it what these sections hold; other parts stay as they are.
/// - Parameter sections: such as `{tenant: {…}}` or `{templates: [{…}]}`.
export async function storeSections(sections, { dryRun, key, etag } = {}) {
  const version = etag ?? (await readConfiguration()).etag;
  const { data } = await call('PUT', '/configuration', { body: JSON.stringify(sections), type: 'application/yaml', ifMatch: version, query: { keep: true }, dryRun, key });
  return data;
}

/// What storing would change, with what is allowed and rarely meant.
export function changesOf(answer) {
  const all = (answer?.changes ?? []).filter((one) => one.change !== 'unchanged');
  return h('div.stack', h('p', h('strong', n('configuration.changes', all.length))),
    h('ul.plain', all.map((one) => h('li', `${word('configuration.change', one.change)} `, h('code', foreign(`${one.section} ${one.name === 'settings' ? '' : one.name}`.trim()))))),
    answer?.warnings?.length > 0 && h('div.note.wait', h('strong', t('configuration.warnings')), sentences(answer.warnings)));
}

/// Puts values named `a.b` into objects. - Returns: `{a: {b: …}}`; lists for values of fields whose kind is `list`.
export function nested(values) {
  const made = {};
  for (const [name, value] of Object.entries(values)) {
    const parts = name.split('.');
    let place = made;
    for (const part of parts.slice(0, -1)) place = (place[part] ??= {});
    place[parts.at(-1)] = value;
  }
  return made;
}
