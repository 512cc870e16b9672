// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One event: whether it is told, to whom, and its words in each language, looked at before they are stored.

import { call, path, put } from '../../app/api.js';
import { foreign, fragment, h, replace } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { panel } from '../../components/facts.js';
import { skeleton, working } from '../../components/loading.js';
import { problemLine } from '../../components/problem.js';
import { toast } from '../../components/toast.js';
import { preview, test } from './mails.js';

const languages = ['en', 'de'];

export async function open(page) {
  const { event } = page.parameters;
  page.title(word('notice', event), { crumbs: [{ label: t('notifications.title'), href: '/console/notifications' }] });
  page.command(`certway notification show ${event}`);
  page.show(skeleton());
  const where = path('/notifications/{}', event);
  const read = async () => {
    try {
      const answer = await working(call('GET', where, { signal: page.signal }));
      page.calls = [where];
      page.asOf();
      draw(answer.data, answer.etag);
    } catch (problem) {
      if (!page.signal.aborted) page.fail(problem, { again: read });
    }
  };
  await read();

  function draw(one, etag) {
    const trouble = h('div', { role: 'status' });
    const isReadOnly = !may('configure');
    const send = h('input', { type: 'checkbox', checked: one.send, disabled: isReadOnly });
    const to = h('input', { value: one.to.join(', '), readonly: isReadOnly, autocomplete: 'off', spellcheck: 'false' });
    const language = h('select', { disabled: isReadOnly }, ['theirs', ...languages].map((value) => h('option', { value, selected: value === one.language }, word('noticeLanguage', value))));
    const texts = Object.fromEntries(languages.map((name) => [name, {
      subject: h('input', { value: one.texts[name].subject, readonly: isReadOnly, maxlength: 400 }),
      text: h('textarea.prose', { rows: 14, readonly: isReadOnly, maxlength: 20_000 }),
    }]));
    for (const name of languages) texts[name].text.value = one.texts[name].text;
    const wording = (name) => ({ subject: texts[name].subject.value.trim(), text: texts[name].text.value });
    const isUsual = (name) => wording(name).subject === one.texts[name].subject && wording(name).text === one.texts[name].text;
    // What is left out is as usual: words nobody has touched stay those of the release.
    const body = () => ({
      ...(send.checked ? {} : { send: false }), ...(own(to.value, one.usually) ? { to: own(to.value, one.usually) } : {}),
      ...(language.value === 'theirs' ? {} : { language: language.value }),
      ...(languages.some((name) => !isUsual(name) || one.texts[name].own)
        ? { texts: Object.fromEntries(languages.filter((name) => !isUsual(name) || one.texts[name].own).map((name) => [name, wording(name)])) } : {}),
    });
    const store = async (wish, said) => {
      try {
        await working(put(where, wish, { ifMatch: etag }));
        toast(said);
        await read();
      } catch (problem) {
        replace(trouble, problemLine(problem));
      }
    };
    const block = (name) => h('section.panelled.stack', { lang: name }, h('h2', word('language', name), ' ', h('span.muted', one.texts[name].own ? t('notifications.ownWords') : t('notifications.usualWords'))),
      h('label.field', h('span', t('notifications.subject')), texts[name].subject), h('label.field', h('span', t('notifications.body')), texts[name].text),
      !isReadOnly && h('div.chips', { role: 'group', 'aria-label': t('notifications.placeholders') }, one.placeholders.map((place) => h('button.chip', { type: 'button', on: { click: () => insert(texts[name].text, `{{${place}}}`) } }, `{{${place}}}`))),
      h('div.actions', h('button', { type: 'button', 'data-action': 'preview', on: { click: () => preview(event, name, wording(name), trouble) } }, t('notifications.preview')),
        may('configure') && h('button', { type: 'button', on: { click: () => test(event, name) } }, t('notifications.test'))));
    page.show(fragment(
      h('p.muted', foreign(one.meaning)),
      panel(null, h('label.check', send, ' ', t('notifications.tell')), h('label.field', h('span', t('notifications.to')), to, h('small', t('notifications.toHelp'))),
        h('label.field', h('span', t('notifications.language')), language)),
      languages.map(block), trouble,
      h('div.actions', actionButton({ label: t('notifications.store'), kind: 'primary', key: 'store', allowed: !isReadOnly, reason: t('configuration.mayNot'), run: () => store(body(), t('notifications.stored')) }),
        languages.some((name) => one.texts[name].own) && !isReadOnly && h('button', { type: 'button', 'data-action': 'reset', on: { click: () => { const { texts: _, ...rest } = body(); store(rest, t('notifications.resetDone')); } } }, t('notifications.reset')))));
  }
}

/// Recipients as typed; null where they are the usual ones.
function own(text, usually) {
  const typed = text.split(/[\s,;]+/).filter(Boolean);
  return typed.join(' ') === usually.join(' ') ? null : typed;
}

function insert(field, text) {
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
  field.focus();
}
