// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Words in English and German: flat keys, forms by `Intl.PluralRules`, placeholders in braces. No text is put together from parts.

import { begun, preference, prefer } from './store.js';

export const languages = ['en', 'de'];
const loaded = new Map();
/// What begin.js has found until the words are here.
let current = languages.includes(document.documentElement.lang) ? document.documentElement.lang : 'en';
let words = {};
let plural = new Intl.PluralRules('en');

export const language = () => current;

/// The language somebody chose, else the first of the browser's that is here.
export function startLanguage() {
  const chosen = preference('language');
  if (languages.includes(chosen)) return chosen;
  const offered = navigator.languages ?? [navigator.language];
  return offered.map((one) => one.slice(0, 2).toLowerCase()).find((one) => languages.includes(one)) ?? 'en';
}

/// Loads the words of a language and makes it the current one.
export async function useLanguage(name, { keep = false } = {}) {
  if (!loaded.has(name)) {
    const address = new URL(`../i18n/${name}.json`, import.meta.url);
    const answer = await (begun(address, name) ?? fetch(address));
    loaded.set(name, await answer.json());
  }
  [current, words, plural] = [name, loaded.get(name), new Intl.PluralRules(name)];
  document.documentElement.lang = name;
  // The gateway's own pages, which have no script, tell their sentences in this language, too.
  document.cookie = `certway-language=${name}; Path=/; Max-Age=31536000; SameSite=Lax`;
  if (keep) prefer('language', name);
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/// The text of a key. A missing one shows itself, and a test finds it.
export const t = (key, values = {}) => filled(words[key] ?? key, values);

/// The text for so many: `key.one`, `key.other`, as the language's rules say; `{count}` is the number as people write it.
/// A form `key.zero` is taken for none where there is one.
export function n(key, count, values = {}) {
  const form = count === 0 && words[`${key}.zero`] !== undefined ? 'zero' : plural.select(count);
  const text = words[`${key}.${form}`] ?? words[`${key}.other`] ?? key;
  return filled(text, { count: new Intl.NumberFormat(current).format(count), ...values });
}

/// The word for a value of the API, such as the stage of an order; the value itself where nobody has a word for it yet.
export function word(prefix, value) {
  if (value == null || value === '') return '';
  return words[`${prefix}.${value}`] ?? String(value);
}
