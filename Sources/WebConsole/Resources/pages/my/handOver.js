// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Another device: a link for it, which works once, and the password here. On that device the link leads to this page.

import { path, post } from '../../app/api.js';
import { h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { copy } from '../../components/copy.js';
import { act, dialog } from '../../components/dialog.js';
import { toDo } from '../../components/tap.js';
import { save } from '../recovery/save.js';
import { showPassword } from '../recovery/actions.js';

const devices = ['iphone', 'android', 'mac', 'windows', 'linux'];
const kept = 'certway-package';

/// The link's secret stands behind #, which no server is told; it is kept over a sign-in, in this tab only.
export function noteLink() {
  const found = /^#package=([\w-]{1,100})$/.exec(location.hash);
  if (!found) return;
  sessionStorage.setItem(kept, found[1]);
  history.replaceState(history.state, '', location.pathname);
}

/// What says that a file is ready; nothing where no link led here.
export function waiting(reload) {
  const token = sessionStorage.getItem(kept);
  if (!token) return null;
  return h('section.stack', h('h2', t('my.fileReady')), h('p', t('my.fileText')),
    h('p', h('button.primary', { type: 'button', on: { click: () => act({
      title: t('my.fileReady'), verb: t('my.get'), body: h('p', t('my.fileOnce')),
      run: async ({ key }) => {
        const found = await post('/my/packages', { token }, { key });
        save(found);
        sessionStorage.removeItem(kept);
        reload();
        dialog({ title: t('my.fileHere'), cancel: t('button.close'), body: toDo(found.hints?.device) });
      },
    }) } }, t('my.get'))));
}

/// Asks for which device, and makes the link.
export function offer(one) {
  act({
    title: t('my.another'), verb: t('my.makeLink'),
    body: h('div.stack', h('p', t('my.anotherText')), h('p', t('my.linkText')),
      h('label.field', h('span', t('my.device')), h('select', { name: 'device' }, devices.map((name) => h('option', { value: name }, word('device', name))))),
      h('p', h('a', { href: '/auth/start?prompt=login&return=%2Fmy' }, t('my.signInAgain')))),
    run: async ({ key, form }) => {
      const made = await post('/my/hand-overs', { number: one.number, device: form.elements.device.value }, { key });
      dialog({
        title: t('my.linkReady'), cancel: t('button.close'),
        body: h('div.stack', h('p', t('my.linkHow')), h('p', copy(made.link)),
          h('p', h('button', { type: 'button', on: { click: () => showPassword(path('/my/hand-overs/{}/password', made.package.id)) } }, t('my.showPassword'))),
          toDo(form.elements.device.value)),
      });
    },
  });
}
