// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The dialogs around the end of a session: one key extends it; when it is over the page stays, and the call is repeated after a
/// sign-in in another tab.

import { h } from '../app/dom.js';
import { n, t } from '../app/i18n.js';
import { extend } from '../app/session.js';
import { dialog } from './dialog.js';
import { toast } from './toast.js';

/// - Parameter end: when it ends, in milliseconds since 1970.
export function sessionEnds(end) {
  const left = h('p', { role: 'timer' });
  const say = () => {
    const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
    left.textContent = n('session.left', seconds);
    if (seconds === 0) close();
  };
  const stay = h('button.primary', { type: 'button', autofocus: true, on: { click: async () => {
    try {
      await extend();
      close();
    } catch {
      toast(t('problem.offline'), { tone: 'bad' });
    }
  } } }, t('session.stay'));
  const { close } = dialog({ title: t('session.ends'), body: left, buttons: stay, cancel: t('session.let'), onClose: () => clearInterval(timer) });
  const timer = setInterval(say, 1000);
  say();
}

/// - Parameter giveUp: called when somebody closes it: the call fails, what was typed stays.
/// - Returns: what closes it after a new sign-in.
export function sessionOver(giveUp) {
  let isDone = false;
  const link = h('a.button.primary', { href: '/signin?return=%2Fconsole%2Fsigned-in', target: '_blank' }, t('session.signInTab'));
  const { close } = dialog({
    title: t('session.over'), body: h('p', t('session.kept')), buttons: link, cancel: t('button.close'),
    onClose: () => { if (!isDone) giveUp(); },
  });
  return () => { isDone = true; close(); };
}
