// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Saved views of a list: a name for what stands in the address. To share one is to copy its link.

import { h } from '../app/dom.js';
import { t } from '../app/i18n.js';
import { keepViews, views } from '../app/store.js';
import { act } from './dialog.js';
import { menu } from './menu.js';
import { toast } from './toast.js';

/// - Parameter list: the path of the list, which the views belong to.
export function viewsMenu(list) {
  return menu(t('views.title'), (close) => {
    const saved = views(list);
    return [
      ...saved.map((view) => h('div.row.between', h('a.item', { href: `${list}?${view.query}`, on: { click: close } }, view.name),
        h('span', h('button.quiet', { type: 'button', 'aria-label': t('views.rename', { name: view.name }), on: { click: () => { close(); rename(list, view); } } }, '✎'),
          h('button.quiet', { type: 'button', 'aria-label': t('views.delete', { name: view.name }), on: { click: () => { close(); drop(list, view); } } }, '×')))),
      saved.length === 0 && h('p.muted', t('views.none')),
      h('button.item', { type: 'button', on: { click: () => { close(); save(list); } } }, t('views.save')),
    ];
  });
}

function nameField(value) {
  return h('label.stack', h('span', t('views.name')), h('input', { name: 'name', value, required: true, maxlength: 60, autofocus: true }));
}

function save(list) {
  const query = new URLSearchParams(location.search);
  query.delete('after');
  act({
    title: t('views.save'), verb: t('button.save'), body: nameField(''),
    run: async ({ form }) => {
      const name = form.elements.name.value.trim();
      keepViews(list, [...views(list).filter((one) => one.name !== name), { name, query: query.toString() }]);
      toast(t('views.saved', { name }));
    },
  });
}

function rename(list, view) {
  act({
    title: t('views.rename', { name: view.name }), verb: t('button.save'), body: nameField(view.name),
    run: async ({ form }) => {
      const name = form.elements.name.value.trim();
      keepViews(list, views(list).map((one) => (one.name === view.name ? { ...one, name } : one)));
    },
  });
}

function drop(list, view) {
  const before = views(list);
  keepViews(list, before.filter((one) => one.name !== view.name));
  toast(t('views.deleted', { name: view.name }), { action: { label: t('button.undo'), run: () => keepViews(list, before) } });
}
