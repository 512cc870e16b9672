// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Dates, spans, numbers and money as people of the language write them. The API gives RFC 3339 in UTC.

import { language, t } from './i18n.js';
import { preference } from './store.js';

const made = new Map();
function maker(kind, options) {
  const key = `${kind} ${language()} ${JSON.stringify(options)}`;
  if (!made.has(key)) made.set(key, new Intl[kind](language() === 'en' ? 'en-GB' : language(), options));
  return made.get(key);
}

/// The browser's zone, or UTC by choice.
export const zone = () => (preference('utc', false) ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone);

export const number = (value) => (value == null ? '' : maker('NumberFormat', {}).format(value));

/// A number of matches, with a plus where counting stopped.
export const countOf = (matches) => (matches ? `${number(matches.count)}${matches.exact ? '' : '+'}` : '');

export const date = (text) => format(text, { day: 'numeric', month: 'short', year: 'numeric' });
export const dateTime = (text) =>
  format(text, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
export const dateTimeSecond = (text) => format(text, {
  day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
});
export const clock = (text) => format(text, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

/// Everything about a moment, with its zone: for the title of a short one.
export const exact = (text) =>
  format(text, {
    weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
    timeZoneName: 'longOffset', hourCycle: 'h23',
  });

/// `2026-11` of the API; a month is the same everywhere.
export const month = (text) => format(`${text}-15T12:00:00Z`, { month: 'long', year: 'numeric' });

function format(text, options) {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? String(text ?? '') : maker('DateTimeFormat', { ...options, timeZone: zone() }).format(moment);
}

const steps = [['year', 31_557_600], ['month', 2_629_800], ['week', 604_800], ['day', 86_400], ['hour', 3600], ['minute', 60]];

/// As the API takes a moment: in UTC, without fractions of a second.
export const apiMoment = (value) => new Date(value).toISOString().replace(/\.\d+Z$/, 'Z');

/// "in 41 days", "3 hours ago"; under a minute "just now" or "in a moment".
export function relative(text, now = Date.now()) {
  const seconds = (new Date(text).getTime() - now) / 1000;
  if (Number.isNaN(seconds)) return String(text ?? '');
  const size = Math.abs(seconds);
  // Weeks say less than days do, and months less than days up to two.
  const [unit, length] = steps.find(([name, length]) => size >= length * (name === 'month' ? 2 : 1) && name !== 'week') ?? [];
  if (!unit) return seconds < 0 ? t('time.now') : t('time.soon');
  return maker('RelativeTimeFormat', { numeric: 'auto' }).format(Math.trunc(seconds / length), unit);
}

/// A length of time: "4 d", "3 h".
export function span(from, to = Date.now()) {
  const seconds = Math.max(0, (new Date(to).getTime() - new Date(from).getTime()) / 1000);
  const [unit, length] = [['day', 86_400], ['hour', 3600], ['minute', 60]].find(([, length]) => seconds >= length) ?? ['second', 1];
  return maker('NumberFormat', { style: 'unit', unit, unitDisplay: 'short' }).format(Math.floor(seconds / length));
}

/// `{amount, currency}` of the API, or nothing.
export function money(value) {
  if (!value || value.amount == null) return '';
  try {
    return maker('NumberFormat', { style: 'currency', currency: value.currency, currencyDisplay: 'code' }).format(Number(value.amount));
  } catch {
    return `${value.amount} ${value.currency ?? ''}`.trim();
  }
}

/// A serial number or fingerprint in pairs, easier to compare by eye.
export const inPairs = (hex) => (/^[0-9a-fA-F]+$/.test(hex ?? '') ? hex.toUpperCase().match(/.{1,2}/g).join(':') : (hex ?? ''));
