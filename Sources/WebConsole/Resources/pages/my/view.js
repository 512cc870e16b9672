// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How it looks, in the words of somebody who has other things to do.

import { path, post } from '../../app/api.js';
import { foreign, h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { actionButton, canDo } from '../../components/action.js';
import { act, dialog } from '../../components/dialog.js';
import { day } from '../../components/time.js';
import { toast } from '../../components/toast.js';
import { offer } from './handOver.js';
import { save } from '../recovery/save.js';
import { showPassword } from '../recovery/actions.js';

/// What it is for, in a few words.
function use(one) {
  const all = one.purposes ?? [];
  return word('my.use', all.includes('encryptedMail') && all.includes('signedMail') ? 'mail' : all[0]);
}
const isForReading = (one) => one.purposes?.includes('encryptedMail');

export const answer = (now) => (now.length
  ? h('div.stack', now.map((one) => h('p.answer', h('span', { 'aria-hidden': 'true' }, '✓ '), t('my.works'), ' ',
    foreign((one.emailAddresses ?? []).join(', ') || one.userPrincipalName), ', ', use(one), ', ', t('my.until'), ' ', day(one.notAfter), '. ', t('my.byItself'))))
  : h('p.answer', h('span', { 'aria-hidden': 'true' }, '○ '), t('my.none')));

export const questions = (now, reload) => h('div.actions', { role: 'group', 'aria-label': t('my.questions') },
  h('button', { type: 'button', on: { click: () => dialog({ title: t('my.oldMail'), body: h('p', t('my.oldMailText')), cancel: t('button.close') }) } }, t('my.oldMail')),
  now.length > 0 && h('button', { type: 'button', on: { click: () => lost(now, reload) } }, t('my.lost')),
  now.length > 0 && another(now));

/// Another device: of what can be handed over that for mail; where nothing can, why.
function another(now) {
  const able = now.filter((one) => canDo(one, 'handOver'));
  const one = able.find(isForReading) ?? able[0] ?? now.find(isForReading) ?? now[0];
  return perhaps(one, 'handOver', t('my.another'), () => offer(one));
}

/// A button for what the object says can be done with it.
const perhaps = (one, name, label, run) => actionButton({ label, run, key: name, ...one.actions?.find((action) => action.name === name) });

function lost(now, reload) {
  act({
    title: t('my.lostTitle'), body: h('p', t('my.lostText')), verb: t('my.lostVerb'), danger: true,
    run: async ({ key }) => {
      await post('/my/revocations', { numbers: now.map((one) => one.number), reason: 'keyCompromise', because: t('my.lost') }, { key });
      toast(t('my.lostDone'));
      reload();
    },
  });
}

export const old = (items) => (items.length ? h('section.stack', h('h2', t('my.old')), h('ul.plain', items.map((one) =>
  h('li', day(one.notBefore), ' – ', day(one.notAfter), ' ', foreign((one.emailAddresses ?? []).join(', ')), ', ', use(one), ' ',
    // Old mail needs its key; nothing else does, and nothing else is archived.
    isForReading(one) && perhaps(one, 'recoverKey', t('my.get'), () => fetchOld(one)))))) : null);

/// The file first, then its password in a window of its own. The server looks at when the person has signed in.
function fetchOld(one) {
  act({
    title: t('my.getTitle'), verb: t('my.get'),
    body: h('div.stack', h('p', t('my.getText')), h('p', h('a', { href: '/auth/start?prompt=login&return=%2Fmy' }, t('my.signInAgain')))),
    run: async ({ key }) => {
      const found = await post('/my/recoveries', { number: one.number }, { key });
      save(found);
      showPassword(path('/my/recoveries/{}/password', found.recovery.id));
    },
  });
}
