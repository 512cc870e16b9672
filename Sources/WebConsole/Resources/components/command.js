// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// "As command": the same view at the command line and over the API, so that console, CLI and API stay one thing.

import { base, newKey } from '../app/api.js';
import { h, replace } from '../app/dom.js';
import { t } from '../app/i18n.js';
import { copy } from './copy.js';
import { dialog } from './dialog.js';

/// A word that a shell takes as it is.
export const shellWord = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? String(text) : `'${String(text).replace(/'/g, "'\\''")}'`);

/// A `certway` line with the filters of an address.
/// - Parameters: `options` names the option for each filter; `flags` those that are set by `true` alone.
export const commandLine = (command, query, options, flags = {}) => [command,
  ...Object.entries(options).flatMap(([name, option]) => query.getAll(name).map((value) => `--${option} ${shellWord(option.endsWith('-within') ? parseInt(value, 10) : value)}`)),
  ...Object.entries(flags).filter(([name]) => query.get(name) === 'true').map(([, option]) => `--${option}`)].join(' ');

/// The `curl` line of a call.
export function curl(address, { method = 'GET', body, key } = {}) {
  const parts = ['curl', '-H "Authorization: Bearer $CERTWAY_TOKEN"'];
  if (method !== 'GET') parts.push(`-X ${method}`);
  if (key) parts.push(`-H ${shellWord('Idempotency-Key: ' + key)}`);
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d ${shellWord(JSON.stringify(body))}`);
  return [...parts, shellWord(`${location.origin}${base}${address}`)].join(' ');
}

/// - Parameter page: the open page, with its line and the calls it made.
export function commandDialog(page) {
  const line = typeof page?.line === 'function' ? page.line() : page?.line;
  dialog({
    title: t('command.title'),
    isWide: true,
    cancel: t('button.close'),
    body: [
      line && [h('h3', t('command.line')), h('div.code', copy(line))],
      page?.calls.length > 0 && [h('h3', t('command.api')), page.calls.map((one) => h('div.code', copy(curl(one))))],
      !line && !page?.calls.length && h('p', t('command.none')),
      h('p.muted', t('command.token')),
    ],
  });
}

/// The part of a dialog that shows what its button does as commands, folded. It follows the fields.
/// - Parameter made: gets the form as it is filled in, gives `{line, call}`.
export function commandPart(made) {
  const place = h('div');
  const element = h('details', h('summary', t('frame.asCommand')), place);
  const key = newKey();
  const draw = () => {
    const { line, call } = made(element.closest('form'));
    replace(place, h('div.code', copy(line)), h('div.code', copy(curl(call.address, { ...call, key: key.of(JSON.stringify(call.body)) }))));
  };
  element.addEventListener('toggle', () => { draw(); element.closest('form').addEventListener('input', draw); }, { once: true });
  return element;
}

/// What stands in a command for a sentence that nobody has typed yet.
export const orDots = (text) => text || '…';
