// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The way of a certificate to its owner: each step with its time; what nobody reported is hollow and says so.

import { foreign, h } from '../app/dom.js';
import { word } from '../app/i18n.js';
import { moment } from './time.js';

const symbols = { done: '✓', wait: '●', bad: '✗', open: '' };

/// - Parameter steps: `[{name, state: 'done' | 'wait' | 'bad' | 'open', at, note}]`.
export const way = (steps) =>
  h('ol.way', { tabindex: '0' }, steps.map((step) =>
    h('li', { class: step.state, 'data-symbol': symbols[step.state] },
      h('strong', word('way', step.name)),
      h('span.unseen', ` ${word('way.state', step.state)} `),
      step.at ? moment(step.at) : '', step.note ? h('div', step.note) : '')));

const order = ['planned', 'keyed', 'submitted', 'issued', 'delivered', 'published'];
const names = { planned: 'intent', keyed: 'key', submitted: 'ca', issued: 'checked', delivered: 'intune', published: 'addressList' };

/// The steps of an order from its events, from what was read of the device, where anybody has asked, and from what was found in directories.
export function stepsOf(of, events, reading = null, publications = []) {
  const reached = new Map();
  for (const event of events) if (!reached.has(event.stage)) reached.set(event.stage, event.at);
  const isOver = ['failed', 'rejected', 'cancelled'].includes(of.stage);
  const last = Math.max(...order.map((stage, index) => (reached.has(stage) ? index : -1)));
  const steps = order.map((stage, index) => {
    const isDone = index <= last || of.stage === 'active';
    const isNext = index === last + 1 && !['active', 'superseded', 'revoked', 'expired'].includes(of.stage);
    // "Published" has an event of its own only where something publishes; nobody reports a device.
    const at = reached.get(stage) ?? null;
    if (isDone && (at || index < last)) return { name: names[stage], state: 'done', at };
    if (isNext && isOver) return { name: names[stage], state: 'bad', note: word('state', of.stage) };
    if (isNext && (of.stage === 'pending' || of.holdReason)) return { name: names[stage], state: 'wait', note: word('waits', of.holdReason ? 'operator' : of.waitingFor) };
    return { name: names[stage], state: 'open', note: ['active', 'superseded'].includes(of.stage) ? word('way.note', 'notPublished') : null };
  });
  // What was found there counts, and not the order's own memory of it.
  if (publications.length) steps[5] = published(publications);
  steps.splice(5, 0, device(reading, steps[4].state === 'done'));
  return steps;
}

/// The step of the directories: done where others find it in each; the one that is furthest behind is named.
function published(publications) {
  const late = ['failed', 'publishing', 'withdrawing', 'withdrawn'].map((state) => publications.find((one) => one.state === state)).find(Boolean);
  const at = publications.map((one) => one.checkedAt).filter(Boolean).sort().at(-1) ?? null;
  if (!late) return { name: 'addressList', state: 'done', at };
  const state = { failed: 'bad', withdrawn: 'open' }[late.state] ?? 'wait';
  return { name: 'addressList', state, at: late.checkedAt ?? null, note: [word('published', late.state), ': ', foreign(late.directory)] };
}

/// The step of the device: done only where one has reported; what nobody reported stays open, and says so.
function device(reading, isOut) {
  if (reading?.standing === 'usable') return { name: 'device', state: 'done', at: reading.readAt };
  if (reading?.standing === 'faulty' && isOut) return { name: 'device', state: 'bad', at: reading.readAt, note: foreign(`${reading.faults[0].cause}; ${reading.faults[0].nextStep}`) };
  return { name: 'device', state: 'open', at: isOut ? reading?.readAt : null, note: isOut ? word('way.note', 'notReported') : null };
}
