// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// `cw-time`: a moment as people say it, kept up to date; the exact one with its zone, and as the API gives it, on hover and for screen readers.

import { h } from '../app/dom.js';
import { date, dateTime, dateTimeSecond, exact, relative } from '../app/format.js';

class Moment extends HTMLElement {
  connectedCallback() { this.tick(); }
  tick() {
    const part = this.firstChild;
    if (part && this.dataset.kind === 'relative') part.textContent = relative(part.getAttribute('datetime'));
  }
}

/// Starts the one clock for all of them.
export function startTimes() {
  if (!customElements.get('cw-time')) customElements.define('cw-time', Moment);
  setInterval(() => document.querySelectorAll('cw-time').forEach((one) => one.tick()), 30_000);
}

const make = (kind, text) => (moment) => moment
  ? h('cw-time', { 'data-kind': kind }, h('time', { datetime: moment, title: `${exact(moment)} (${moment})` }, text(moment)))
  : '';

/// "in 41 days".
export const ago = make('relative', (moment) => relative(moment));
/// "6 Jan 2027".
export const day = make('date', date);
/// "6 Jan 2027, 10:02".
export const moment = make('dateTime', dateTime);
/// "6 Jan 2027, 10:02:11".
export const second = make('second', dateTimeSecond);
/// "6 Jan 2027 (in 41 days)".
export const dayAndAgo = (moment) => (moment ? h('span', day(moment), ' (', ago(moment), ')') : '');
