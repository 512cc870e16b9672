// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Filters of a list. They live in the address, so a copied link shows the same; what is set stands as a chip that goes with a click.

import { foreign, h, replace } from '../app/dom.js';
import { t, word } from '../app/i18n.js';
import { date } from '../app/format.js';
import { bindHere } from '../app/keys.js';
import { menu } from './menu.js';

/// What an address says beside filters.
const noFilters = ['sort', 'after', 'limit', 'do'];

/// - Parameters:
///   - own: names in the address that are the page's.
///   - page: whose address holds the filters.
///   - filters: `[{name, label, options: [{value, label}] | async () => […], kind: 'many' | 'one' | 'text' | 'day' | 'search'}]`;
///     `search` is a field that stands there open.
///   - presets: `[{label, query: {name: value}}]`: what people ask for most.
///   - change: called after the address has changed.
/// - Returns: `{element, draw()}`.
export function filterBar({ page, filters: shown, own = [], presets = [], change, extra }) {
  // What a link filters by without a menu for it is a filter, too: seen, and taken away like the others.
  const filters = [...shown, ...[...new Set(page.query.keys())].filter((name) => ![...own, ...noFilters, ...shown.map((one) => one.name)].includes(name))
    .map((name) => ({ name, label: word('filterName', name) }))];
  const fields = [];
  const chips = h('div.chips');
  const quick = h('div.presets', { role: 'group', 'aria-label': t('filter.presets') });
  const menus = shown.map((filter) => (filter.kind === 'search' ? field(filter) : menu(filter.label, () => panel(filter))));
  const bar = h('div.bar', menus, extra);
  // Below 768 pixels the menus wait behind one button.
  const sheet = h('details.sheet', h('summary', t('filter.all')), bar);
  const element = h('div.filters', { role: 'search', 'aria-label': t('filter.title') }, presets.length > 0 && quick, sheet, chips);
  bindHere('f', () => { sheet.open = true; (menus[0]?.querySelector('input, summary') ?? menus[0]).focus(); });
  const isWide = matchMedia('(min-width: 768px)');
  const fit = () => { sheet.open = isWide.matches; };
  isWide.addEventListener('change', fit, { signal: page.signal });
  fit();

  const set = (changes) => {
    page.filter({ ...changes, after: null });
    draw();
    change();
  };

  function field(filter) {
    let timer;
    const input = h('input.find', { type: 'search', placeholder: filter.label, 'aria-label': filter.label, value: page.query.get(filter.name) ?? '', autocomplete: 'off', spellcheck: 'false' });
    const apply = () => {
      clearTimeout(timer);
      if ((page.query.get(filter.name) ?? '') !== input.value.trim()) set({ [filter.name]: input.value.trim() });
    };
    input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(apply, 300); });
    input.addEventListener('keydown', (event) => { if (event.key === 'Enter') apply(); });
    fields.push(() => { if (document.activeElement !== input) input.value = page.query.get(filter.name) ?? ''; });
    return input;
  }

  async function optionsOf(filter) {
    filter.known ??= typeof filter.options === 'function' ? await filter.options() : (filter.options ?? []);
    return filter.known;
  }

  function panel(filter) {
    if (filter.kind === 'text' || filter.kind === 'day') {
      const field = h('input', { type: filter.kind === 'day' ? 'date' : 'search', 'aria-label': filter.label, value: page.query.get(filter.name) ?? '' });
      const apply = () => set({ [filter.name]: field.value.trim() });
      field.addEventListener('keydown', (event) => { if (event.key === 'Enter') apply(); });
      return [h('div.row', field, h('button', { type: 'button', on: { click: apply } }, t('filter.apply')))];
    }
    const place = h('div.options', t('loading.short'));
    optionsOf(filter).then((options) => {
      const isOne = filter.kind === 'one';
      replace(place, options.length ? options.map(({ value, label }) => h('label.check', h('input', {
        type: isOne ? 'radio' : 'checkbox', name: `filter-${filter.name}`, checked: page.query.getAll(filter.name).includes(value),
        on: { change: (event) => toggle(filter, value, event.currentTarget.checked, isOne) },
      }), ' ', foreign(label))) : h('span.muted', t('filter.none')));
    }, () => replace(place, t('filter.failed')));
    return [place];
  }

  function toggle(filter, value, isOn, isOne) {
    const rest = isOne ? [] : page.query.getAll(filter.name).filter((one) => one !== value);
    set({ [filter.name]: isOn ? [...rest, value] : rest });
  }

  const label = (filter, value) => filter.known?.find((one) => one.value === value)?.label
    ?? (filter.kind === 'day' ? date(`${value}T12:00:00`) : null)
    ?? (Array.isArray(filter.options) ? filter.options.find((one) => one.value === value)?.label : null) ?? value;

  function draw() {
    fields.forEach((show) => show());
    replace(quick, presets.map((preset) => {
      const isSet = Object.entries(preset.query).every(([name, value]) =>
        [value].flat().join('\n') === page.query.getAll(name).join('\n'));
      return h('button', {
        type: 'button', 'aria-pressed': String(isSet),
        on: { click: () => set(isSet ? Object.fromEntries(Object.keys(preset.query).map((name) => [name, null]))
          : { ...nothing(), ...preset.query }) },
      }, preset.label, preset.count != null && h('span.counter', preset.count));
    }));
    const active = filters.flatMap((filter) => page.query.getAll(filter.name).map((value) => ({ filter, value })));
    replace(chips, active.map(({ filter, value }) => h('span.chip', filter.label, ': ', foreign(label(filter, value)), h('button.quiet', {
      type: 'button', 'aria-label': t('filter.remove', { what: `${filter.label}: ${label(filter, value)}` }),
      on: { click: () => toggle(filter, value, false, false) },
    }, '×'))), active.length > 1 && h('button.link', { type: 'button', on: { click: () => set(nothing()) } }, t('filter.clear')));
  }

  const nothing = () => Object.fromEntries([...new Set([...filters.map((one) => one.name), ...presets.flatMap((one) => Object.keys(one.query))])]
    .map((name) => [name, null]));

  draw();
  return { element, draw, clear: () => set(nothing()), remove: (name) => set({ [name]: null }), isSet: () =>
    filters.some((filter) => page.query.has(filter.name)),
  names: () => filters.filter((filter) => page.query.has(filter.name))
    .map((filter) => ({ name: filter.name, text: `${filter.label}: ${page.query.getAll(filter.name).map((value) => label(filter, value)).join(', ')}` })) };
}
