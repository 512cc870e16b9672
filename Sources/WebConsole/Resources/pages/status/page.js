// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Whether issuing works, for everybody; without names, numbers or versions.

import { fragment, h } from '../../app/dom.js';
import { t } from '../../app/i18n.js';
import { moment } from '../../components/time.js';

export async function open(page) {
  page.title(t('status.title'));
  await page.load('/status', {
    draw: (status) => fragment(
      h('p.answer', h('span', { 'aria-hidden': 'true' }, status.issuing ? '✓ ' : '▲ '), status.issuing ? t('status.works') : status.setUp ? t('status.fails') : t('status.setUp')),
      status.nextStep && h('p', t('status.nextStep', { number: status.nextStep })),
      h('p.muted', t('status.at'), ' ', moment(status.at))),
  });
  const timer = setInterval(() => page.reload(), 60_000);
  page.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
