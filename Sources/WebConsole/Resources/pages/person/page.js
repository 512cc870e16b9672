// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One person, and why there is a certificate or none: the sentence first, then what it rests on.

import { path } from '../../app/api.js';
import { fragment } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { skeleton } from '../../components/loading.js';
import { nowhere } from '../../components/problem.js';
import { keysOf } from './keys.js';
import { answers, byHand, facts } from './view.js';

export async function open(page) {
  const { person } = page.parameters;
  const crumbs = [{ label: t('people.title'), href: '/console/people' }];
  page.title(person, { crumbs });
  page.command(`certway why '${person.replace(/'/g, '')}'`);
  page.show(skeleton());
  await page.load(path('/people/{}/why', person), {
    topics: ['orders'],
    gone: () => nowhere(person),
    draw: (answer) => {
      page.title(answer.displayName ?? answer.userPrincipalName, { crumbs });
      const reload = () => page.reload();
      return fragment(facts(answer), answers(answer, reload), keysOf(answer, reload), byHand(answer, reload));
    },
  });
}
