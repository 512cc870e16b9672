// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What happens at the gateway, as it happens. A browser opens six connections to a host, so one tab holds the stream for all
/// and passes on what it hears; when that tab goes, the next takes its place.

import { base } from './api.js';
import { may } from './session.js';

const channel = new BroadcastChannel('certway-events');
const listeners = new Map();
/// Topics that other tabs want, by tab.
const wantedElsewhere = new Map();
const me = crypto.getRandomValues(new Uint32Array(2)).join('-');
let source = null;
let sourceTopics = '';
let isLeader = false;
let state = 'starting';
let onState = () => {};

/// Calls `listener` with the ids of each event of these topics until `signal` aborts.
export function listen(topics, signal, listener) {
  for (const topic of topics) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(listener);
  }
  announce();
  signal?.addEventListener('abort', () => {
    for (const topic of topics) {
      listeners.get(topic)?.delete(listener);
      if (!listeners.get(topic)?.size) listeners.delete(topic);
    }
    announce();
  }, { once: true });
}

/// Is told `live`, `lost` or `starting`.
export const onStream = (listener) => { onState = listener; listener(state); };

function say(next) {
  if (next === state) return;
  state = next;
  onState(state);
}

/// What a topic needs. One that this role may not hear would cost all the others, so it is not asked for.
const needs = { overview: 'readServices', orders: 'readOrders', order: 'readOrders', replacement: 'readOrders' };
const isHeard = (topic) => may(needs[topic.split(':')[0]]);
/// The server takes no more in one stream.
const most = 50;

function announce() {
  const topics = [...listeners.keys()].filter(isHeard);
  channel.postMessage({ kind: 'want', from: me, topics });
  if (isLeader) connect();
}

function deliver(topic, data) {
  for (const [wanted, group] of listeners) {
    const isMeant = topic === 'resync' || wanted === topic;
    if (isMeant) for (const listener of group) listener(topic, data);
  }
}

function connect() {
  const topics = [...new Set([...[...listeners.keys()].filter(isHeard), ...[...wantedElsewhere.values()].flat()])].slice(0, most).sort().join(',');
  if (source && topics === sourceTopics) return;
  source?.close();
  source = null;
  sourceTopics = topics;
  if (!topics) return;
  source = new EventSource(`${base}/events?topics=${encodeURIComponent(topics)}`);
  source.onopen = () => tell('live');
  source.onerror = () => {
    tell('lost');
    // A browser gives up for good after an answer that is no stream; a new one is tried with patience.
    if (source?.readyState === EventSource.CLOSED) {
      source = null;
      sourceTopics = '';
      setTimeout(() => isLeader && connect(), 15_000);
    }
  };
  const take = (topic, data) => {
    channel.postMessage({ kind: 'event', topic, data });
    deliver(topic, data);
  };
  source.addEventListener('ready', () => tell('live'));
  source.addEventListener('resync', () => take('resync', {}));
  source.addEventListener('change', (event) => {
    const data = JSON.parse(event.data);
    take(data.topic, data);
  });
}

function tell(next) {
  channel.postMessage({ kind: 'state', state: next });
  say(next);
}

channel.onmessage = ({ data }) => {
  if (data.kind === 'want') {
    wantedElsewhere.set(data.from, data.topics);
    if (isLeader) { connect(); channel.postMessage({ kind: 'state', state }); }
  } else if (data.kind === 'leaves') {
    wantedElsewhere.delete(data.from);
    if (isLeader) connect();
  } else if (data.kind === 'led') {
    announce();
  } else if (data.kind === 'event') {
    deliver(data.topic, data.data);
  } else if (data.kind === 'state' && !isLeader) {
    say(data.state);
  }
};

/// Takes part in the choice of the tab that holds the stream.
export function startEvents() {
  const lead = () => {
    isLeader = true;
    channel.postMessage({ kind: 'led' });
    connect();
    return new Promise(() => {});
  };
  if (navigator.locks) navigator.locks.request('certway-events', lead).catch(() => {});
  else lead();
  addEventListener('pagehide', () => channel.postMessage({ kind: 'leaves', from: me }));
}

/// Closes the stream, such as after signing out.
export function stopEvents() {
  source?.close();
  source = null;
  sourceTopics = '';
}
