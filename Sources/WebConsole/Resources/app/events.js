// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What happens at the gateway, as it happens. A browser opens six connections to a host, so one tab holds the stream for all
/// and passes on what it hears; when that tab goes, the next takes its place.

import { base } from './api.js';

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

const topicOf = (topic) => topic.split(':')[0];

function announce() {
  const topics = [...listeners.keys()].map(topicOf);
  channel.postMessage({ kind: 'want', from: me, topics });
  if (isLeader) connect();
}

function deliver(topic, data) {
  for (const [wanted, group] of listeners) {
    const isMeant = topic === 'resync' || wanted === topic || topicOf(wanted) === topic;
    if (isMeant) for (const listener of group) listener(topic, data);
  }
}

function connect() {
  const topics = [...new Set([...[...listeners.keys()].map(topicOf), ...[...wantedElsewhere.values()].flat()])].sort().join(',');
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
  const take = (event) => {
    let data = event.data;
    try { data = JSON.parse(event.data); } catch { /* a bare word is data as well */ }
    const topic = event.type === 'message' ? (data?.topic ?? 'message') : event.type;
    channel.postMessage({ kind: 'event', topic, data });
    deliver(topic, data);
  };
  source.onmessage = take;
  for (const topic of [...topics.split(','), 'resync']) source.addEventListener(topic, take);
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
