// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be decided about a person beside the group.

import { address, path, post, remove } from '../../app/api.js';
import { h } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { act } from '../../components/dialog.js';
import { nameField, templates as all } from '../../components/nameField.js';
import { planned } from '../../components/planned.js';
import { complain, toast } from '../../components/toast.js';
import { because } from '../certificate/actions.js';

const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const reasonField = () => h('label.field', h('span', t('person.reason')), h('input', { name: 'because', required: true, maxlength: 500, autofocus: true }));

/// Enrolls by hand, or leaves out: both need a reason and an end. - Parameter kind: `include` or `leaveOut`.
export function except(person, kind, reload) {
  const who = person.displayName ?? person.userPrincipalName;
  const templates = person.templates.map((one) => one.template);
  act({
    title: kind === 'include' ? t('person.byHandTitle', { who }) : t('person.leaveOutTitle', { who }),
    verb: kind === 'include' ? t('action.byHandVerb') : t('action.leaveOutVerb'),
    body: [
      templates.length ? h('label.field', h('span', t('column.template')), h('select', { name: 'template' }, templates.map((one) => h('option', { value: one }, one))))
        : nameField({ name: 'template', label: t('column.template'), required: true, ...all }).element,
      reasonField(),
      h('label.field', h('span', t('person.until')), h('input', { name: 'until', type: 'date', required: true, min: inDays(1), value: inDays(30) })),
    ],
    run: async ({ key, form }) => {
      const { template, until } = form.elements;
      await post('/enrollment-exceptions', { people: [person.id ?? person.userPrincipalName], template: template.value, kind, until: until.value, ...because(form) }, { key });
      toast(t('person.excepted'));
      reload();
    },
  });
}

export async function removeException(person, exception, reload) {
  try {
    await remove(address(path('/enrollment-exceptions/{}', person.id), { template: exception.template }));
    toast(t('person.exceptionEnded'));
  } catch (problem) {
    complain(problem);
  }
  reload();
}

/// Orders now, without waiting for the next pass: what it costs is shown first.
export const enroll = (person, template, reload) => planned({
  title: t('person.orderTitle', { who: person.displayName ?? person.userPrincipalName, template }), text: t('person.orderEffect'), verb: t('action.order'),
  fields: reasonField(), body: (form) => ({ people: [person.id ?? person.userPrincipalName], template, ...because(form) }),
  call: '/enrollments', said: t('person.ordered'), done: reload,
});
