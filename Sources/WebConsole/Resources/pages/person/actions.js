// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be decided about a person beside the group.

import { path, post, remove } from '../../app/api.js';
import { h } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { act } from '../../components/dialog.js';
import { toast } from '../../components/toast.js';

const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/// Enrolls by hand, or leaves out: both need a reason and an end.
export function except(person, kind, reload) {
  const templates = person.templates.map((one) => one.template);
  act({
    title: t(kind === 'include' ? 'person.byHandTitle' : 'person.leaveOutTitle', { who: person.displayName ?? person.userPrincipalName }),
    verb: kind === 'include' ? t('action.byHandVerb') : t('action.leaveOutVerb'),
    body: [
      h('label.field', h('span', t('column.template')), templates.length
        ? h('select', { name: 'template' }, templates.map((one) => h('option', { value: one }, one)))
        : h('input', { name: 'template', required: true })),
      h('label.field', h('span', t('person.reason')), h('input', { name: 'reason', required: true, maxlength: 200, autofocus: true })),
      h('label.field', h('span', t('person.until')), h('input', { name: 'until', type: 'date', required: true, min: inDays(1), value: inDays(30) })),
    ],
    run: async ({ key, form }) => {
      const { template, reason, until } = form.elements;
      await post('/enrollment-exceptions', {
        userPrincipalName: person.userPrincipalName, template: template.value, kind, reason: reason.value.trim(), until: until.value,
      }, { key });
      toast(t('person.excepted'));
      reload();
    },
  });
}

export async function removeException(exception, reload) {
  try {
    await remove(path('/enrollment-exceptions/{}', exception.id));
    toast(t('person.exceptionEnded'));
  } catch (problem) {
    toast(problem.message, { tone: 'bad' });
  }
  reload();
}

export function enroll(person, template, reload) {
  act({
    title: t('person.orderTitle', { who: person.displayName ?? person.userPrincipalName, template }), verb: t('action.order'), body: h('p', t('person.orderEffect')),
    run: async ({ key }) => {
      await post('/enrollments', { userPrincipalNames: [person.userPrincipalName], template }, { key });
      toast(t('person.ordered'));
      reload();
    },
  });
}
