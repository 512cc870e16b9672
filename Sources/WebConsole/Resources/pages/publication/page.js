// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Who is found where by others: what is wanted and what was read there, why not, and what comes next.

import { foreign, fragment, h, replace } from '../../app/dom.js';
import { path } from '../../app/api.js';
import { t, word } from '../../app/i18n.js';
import { commandLine } from '../../components/command.js';
import { list } from '../../components/list.js';
import { within } from '../../components/part.js';
import { pill } from '../../components/pill.js';
import { problemLine } from '../../components/problem.js';
import { said } from '../../components/said.js';
import { ago } from '../../components/time.js';
import { namesOf } from '../certificates/view.js';
import { buttons } from './actions.js';
import { standing } from './view.js';

const states = ['publishing', 'published', 'withdrawing', 'withdrawn', 'failed'];

export async function open(page) {
  page.title(t('publication.title'));
  page.command(() => commandLine('certway publication list', page.query, { state: 'state', directory: 'directory', user: 'user' }));
  const [above, trouble, place] = [h('div'), h('div', { role: 'status' }), h('div')];
  page.show(fragment(h('p', t('publication.text')), above, place));
  const part = within(page, place);
  /// What stands above the list is read beside it, and again with it.
  const readStanding = async () => {
    try {
      const { items } = await page.get('/directories', { query: { limit: 200 }, quiet: true });
      replace(above, h('div.stack', standing(items), buttons(page, items, trouble), trouble));
    } catch (problem) {
      if (!page.signal.aborted) replace(above, problemLine(problem));
    }
  };
  part.reload = readStanding;
  await Promise.all([readStanding(), list({
    page: part, path: '/publications', caption: t('publication.title'), sort: '-certificate', rowKey: (one) => `${one.certificate} ${one.directory}`,
    filters: [
      { name: 'user', label: t('publication.find'), kind: 'search' },
      { name: 'state', label: t('column.status'), options: states.map((value) => ({ value, label: word('published', value) })) },
      { name: 'directory', label: t('publication.directory'), kind: 'one', options: namesOf('/directories', page) },
    ],
    presets: [
      { label: word('published', 'failed'), query: { state: 'failed' } },
      { label: t('publication.open'), query: { state: ['publishing', 'withdrawing'] } },
      { label: word('published', 'published'), query: { state: 'published' } },
    ],
    columns: [
      { title: t('column.person'), cell: who, sort: 'userPrincipalName' },
      { title: t('publication.directory'), cell: (one) => foreign(one.directory), sort: 'directory' },
      { title: t('column.status'), cell: state, sort: 'state' },
      { title: t('column.why'), cell: why },
      { title: t('column.next'), cell: next },
    ],
    nothing: { title: t('publication.none'), text: t('publication.noneText') },
  })]);
}

const who = (one) => h('span', h('a.target', { href: path('/console/people/{}', one.userPrincipalName) }, foreign(one.userPrincipalName)),
  h('span.sub', h('a.target', { href: path('/console/certificates/{}', one.certificate) }, h('code', foreign(one.serialNumber.slice(0, 16))))));

/// How it is, since when, and how it is wanted where that is another thing.
const state = (one) => h('span', pill(one.state, { text: word('published', one.state) }), h('span.sub', ago(one.since)),
  one.state === 'failed' && h('span.sub', one.wanted ? t('publication.isWanted') : t('publication.isUnwanted')));

/// The reason, and who acts.
const why = (one) => one.problem && h('span', said(one.problem, t('text.all'), 160), h('span.sub', word('publication.act', one.problemKind ?? 'transient')));

/// What the gateway does by itself, and when.
const next = (one) => (one.nextActionAt ? h('span', one.problem ? t('publication.again') : t('publication.looks'), h('span.sub', ago(one.nextActionAt))) : t('publication.settled'));
