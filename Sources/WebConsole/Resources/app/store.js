// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What one browser keeps: preferences. No answer of the API is ever put here, but what the last
/// session might read, so that nothing is asked for in vain before the session is known.

const place = 'certway.';
const listeners = new Set();

/// A preference, or nil where nobody has chosen. A browser that keeps nothing is one without preferences.
export function preference(name, otherwise = null) {
  try {
    const text = localStorage.getItem(place + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

export function prefer(name, value) {
  try {
    if (value == null) localStorage.removeItem(place + name);
    else localStorage.setItem(place + name, JSON.stringify(value));
  } catch {
    // Private windows may refuse; the choice lasts as long as the page then.
  }
  for (const listener of listeners) listener(name, value);
}

/// Calls back whenever a preference changes.
export function onPreference(listener) {
  listeners.add(listener);
}

/// Looks of the page that hang on preferences: theme and height of rows.
export function applyLooks() {
  const root = document.documentElement;
  const theme = preference('theme', 'system');
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  root.dataset.rows = preference('rows', 'normal');
}

/// What begin.js has asked for before the modules were here; each is taken once, and only in the language it was asked in.
/// - Returns: the promise of the answer; nil for what was not asked.
export function begun(url, language) {
  const key = new URL(url, location.href).href;
  const found = window.certwayBegun?.get(key);
  if (!found) return null;
  window.certwayBegun.delete(key);
  return found.language === language ? found.answer : null;
}
