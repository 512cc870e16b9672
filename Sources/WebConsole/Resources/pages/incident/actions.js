// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What can be done with an incident that is open.

import { path, post } from '../../app/api.js';
import { h } from '../../app/dom.js';
import { t, word } from '../../app/i18n.js';
import { may } from '../../app/session.js';
import { actionButton } from '../../components/action.js';
import { act } from '../../components/dialog.js';
import { toast } from '../../components/toast.js';

export function controls(one, reload) {
  const { name, state } = one.incident;
  if (!['running', 'canary', 'paused'].includes(state)) return null;
  const of = (action) => (one.actions ?? []).find((each) => each.name === action) ?? { allowed: may('manageIncident'), reason: t('incidents.mayNot') };
  const step = (action, where, kind) => actionButton({
    label: word('incidentAction', action), kind, key: action, ...of(action),
    run: () => act({
      title: t('incidents.stepTitle', { what: word('incidentAction', action), name }), body: h('p', word('incidentText', action)), verb: word('incidentVerb', action),
      danger: action === 'end',
      run: async ({ key }) => {
        await post(path(`/incidents/{}/${where}`, name), undefined, { key });
        toast(t('incidents.stepDone'));
        reload();
      },
    }),
  });
  return h('div.actions', { role: 'group', 'aria-label': t('action.group') },
    state === 'running' ? step('pause', 'pauses') : step('resume', 'resumptions', 'primary'), step('end', 'endings', 'danger'));
}
