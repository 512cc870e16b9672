// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What people come for, in their words: the search leads to each, for whoever may do it.

import { t } from '../app/i18n.js';
import { may } from '../app/session.js';

const deeds = () => [
  { title: t('deed.why'), path: '/console/people', permission: 'readPeople' },
  { title: t('deed.needsMe'), path: '/console/overview', permission: 'readServices' },
  { title: t('deed.resend'), path: '/console/waiting?group=subscriber', permission: 'resendMail' },
  { title: t('deed.free'), path: '/console/waiting?group=inDoubt', permission: 'decideOrder' },
  { title: t('deed.ending'), path: '/console/certificates?status=active&expires=30d&sort=notAfter', permission: 'readCertificates' },
  { title: t('deed.revoke'), path: '/console/certificates?status=active', permission: 'revoke' },
  { title: t('deed.approve'), path: '/console/plan', permission: 'approvePlan' },
  { title: t('deed.switchCA'), path: '/console/templates', permission: 'configure' },
  { title: t('deed.addCA'), path: '/console/backend-cas-new', permission: 'configure' },
  { title: t('deed.replaceAll'), path: '/console/incidents', permission: 'manageIncident' },
  { title: t('deed.recover'), path: '/console/recovery', permission: 'requestRecovery' },
  { title: t('deed.oldMail'), path: '/my', permission: 'readOwn' },
];

/// Those whose words hold each of these words. - Returns: choices as the search shows them.
export function deedsFor(words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return [];
  return deeds().filter((one) => may(one.permission) && wanted.every((word) => one.title.toLowerCase().includes(word)))
    .map((one) => ({ title: one.title, kind: 'deed', path: one.path }));
}
