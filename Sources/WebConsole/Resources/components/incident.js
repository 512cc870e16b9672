// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A banner on every page while an incident is open: whoever looks at anything else knows that everything else waits.

import { get } from '../app/api.js';
import { foreign, h } from '../app/dom.js';
import { listen } from '../app/events.js';
import { number } from '../app/format.js';
import { n, t } from '../app/i18n.js';
import { ago } from './time.js';

/// - Parameter show: gets the banner, or nil where no incident is open.
export async function watchIncidents(show) {
  const look = async () => {
    try {
      const { items } = await get('/incidents');
      const open = items.filter((one) => ['running', 'paused'].includes(one.incident.state));
      show(open.length ? banner(open) : null);
    } catch {
      // The page says what does not work.
      show(null);
    }
  };
  listen(['orders'], new AbortController().signal, look);
  await look();
}

function banner(open) {
  const { incident, replaced, certificates, inTime } = open[0];
  return h(`div.note.${inTime === false ? 'bad' : 'wait'}`, { role: 'status' },
    h('span', { 'aria-hidden': 'true' }, '▲ '),
    h('a', { href: `/console/incidents/${encodeURIComponent(incident.name)}` }, foreign(incident.name)), ' ',
    t('incidents.banner', { done: number(replaced), of: number(certificates) }), ' ', ago(incident.deadline),
    open.length > 1 && [' ', n('incidents.more', open.length - 1)]);
}
