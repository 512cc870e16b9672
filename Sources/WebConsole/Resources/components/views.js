// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Saved views of a list: a name for what stands in the address. They are kept by the gateway, so they are there in every browser;
/// a shared one is there for everybody.

import { get, patch, path, post, remove } from '../app/api.js';
import { foreign, h } from '../app/dom.js';
import { t } from '../app/i18n.js';
import { act } from './dialog.js';
import { menu } from './menu.js';
import { complain, toast } from './toast.js';

/// - Parameter list: the path of the list, which the views belong to.
export function viewsMenu(list) {
  return menu(t('views.title'), (close) => {
    const place = h('div.options', t('loading.short'));
    draw(list, place, close).catch((problem) => place.replaceChildren(problem.message));
    return [place, h('button.item', { type: 'button', on: { click: () => { close(); save(list); } } }, t('views.save'))];
  });
}

const belongs = (list) => (view) => view.address.split('?')[0] === list;

async function draw(list, place, close) {
  const views = (await get('/views')).items.filter(belongs(list));
  const button = (label, text, run) => h('button.quiet', { type: 'button', 'aria-label': label, title: label, on: { click: () => { close(); run(); } } }, text);
  place.replaceChildren(...views.map((view) => h('div.row.between',
    h('a.item', { href: view.address, on: { click: close } }, foreign(view.name), !view.own && h('span.muted', ' ', foreign(view.owner)), view.startPage && h('span.muted', ' ', t('views.start'))),
    view.own && h('span', button(t('views.rename', { name: view.name }), '✎', () => edit(view)), button(t('views.delete', { name: view.name }), '×', () => drop(view))))),
  ...(views.length ? [] : [h('p.muted', t('views.none'))]));
}

const fields = (view = {}) => [
  h('label.field', h('span', t('views.name')), h('input', { name: 'name', value: view.name ?? '', required: true, maxlength: 100, autofocus: true })),
  h('label.check', h('input', { type: 'checkbox', name: 'shared', checked: view.shared === true }), ' ', t('views.shared')),
  h('label.check', h('input', { type: 'checkbox', name: 'startPage', checked: view.startPage === true }), ' ', t('views.startPage')),
];

const wish = ({ elements }) => ({ name: elements.name.value.trim(), shared: elements.shared.checked, startPage: elements.startPage.checked });

function save(list) {
  const query = new URLSearchParams(location.search);
  query.delete('after');
  act({
    title: t('views.save'), verb: t('button.save'), body: fields(),
    run: async ({ form }) => {
      const view = await post('/views', { ...wish(form), address: query.size ? `${list}?${query}` : list });
      toast(t('views.saved', { name: view.name }));
    },
  });
}

function edit(view) {
  act({
    title: t('views.rename', { name: view.name }), verb: t('button.save'), body: fields(view),
    run: async ({ form }) => { await patch(path('/views/{}', view.id), wish(form)); },
  });
}

async function drop(view) {
  try {
    await remove(path('/views/{}', view.id));
    const { name, address, shared, startPage } = view;
    toast(t('views.deleted', { name }), { action: { label: t('button.undo'), run: () => post('/views', { name, address, shared, startPage }).catch(complain) } });
  } catch (problem) {
    complain(problem);
  }
}
