// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be done with an incident that is open.

import { path, post } from '../../app/api.js';
import { h } from '../../app/dom.js';
import { apiMoment } from '../../app/format.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { act } from '../../components/dialog.js';
import { backendCAs, nameField } from '../../components/nameField.js';
import { toast } from '../../components/toast.js';

/// Faster, later, or at another CA, for what has not begun. What is left empty stays as it is.
function change({ name, deadline, pacePerHour, wave, backendCA, product }, reload) {
  const fields = [
    ['deadline', 'datetime-local', t('incidents.deadlineLocal'), local(deadline)], ['pacePerHour', 'number', t('incidents.pace'), pacePerHour],
    ['wave', 'number', t('incidents.wave'), wave], ['backendCA', backendCAs, t('incidents.otherCA'), backendCA], ['product', 'text', t('incidents.otherProduct'), product],
  ].map(([field, type, label, value]) => ({ field, type, before: String(value ?? ''),
    ...(typeof type === 'string' ? typed(field, type, label, value ?? '') : nameField({ name: field, label, value: value ?? '', ...type })) }));
  const changed = () => Object.fromEntries(fields.filter(({ input, before }) => input.value.trim() && input.value !== before)
    .map(({ field, type, input }) => [field, type === 'number' ? Number(input.value)
      : type === 'datetime-local' ? apiMoment(input.value) : input.value.trim()]));
  act({
    title: t('incidents.stepTitle', { what: word('incidentVerb', 'change'), name }), verb: word('incidentVerb', 'change'),
    body: [h('p', word('incidentText', 'change')), fields.map(({ element }) => element)],
    isReady: () => Object.keys(changed()).length > 0,
    run: async ({ key }) => {
      await post(path('/incidents/{}/changes', name), changed(), { key });
      toast(t('incidents.stepDone'));
      reload();
    },
  });
}

function typed(name, type, label, value) {
  const input = h('input', { name, type, min: type === 'number' ? 0 : null, spellcheck: 'false', autocomplete: 'off', value });
  return { input, element: h('label.field', h('span', label), input) };
}

/// As a field for date and time has it.
function local(moment) {
  const date = new Date(moment);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function controls(one, reload) {
  const { name, state } = one.incident;
  if (!['running', 'canary', 'paused'].includes(state)) return null;
  const of = (action) => (one.actions ?? []).find((each) => each.name === action) ?? { allowed: may('manageIncident'), reason: t('incidents.mayNot') };
  const step = (action, where, kind) => actionButton({
    label: word('incidentAction', action), kind, key: action, ...of(action),
    run: () => act({
      title: t('incidents.stepTitle', { what: word('incidentVerb', action), name }), body: h('p', word('incidentText', action)), verb: word('incidentVerb', action),
      danger: action === 'end',
      run: async ({ key }) => {
        await post(path(`/incidents/{}/${where}`, name), undefined, { key });
        toast(t('incidents.stepDone'));
        reload();
      },
    }),
  });
  return h('div.actions', { role: 'group', 'aria-label': t('action.group') },
    actionButton({ label: word('incidentAction', 'change'), key: 'change', ...of('change'), run: () => change(one.incident, reload) }),
    state === 'running' ? step('pause', 'pauses') : step('resume', 'resumptions', 'primary'), step('end', 'endings', 'danger'));
}
