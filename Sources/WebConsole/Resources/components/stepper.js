// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The steps of a longer task: what is done, where one is, what comes.

import { h } from '../app/dom.js';
import { t, word } from '../app/i18n.js';

const symbols = { done: '✓', current: '●', skipped: '–', open: '○' };

/// - Parameters:
///   - steps: `[{id, title, state: 'done' | 'current' | 'skipped' | 'open', isReachable}]`; an open step can be gone to where it says so.
///   - choose: called with the id of a step that can be gone to.
export const stepper = (steps, choose) =>
  h('ol.steps', { 'aria-label': t('stepper.title') }, steps.map((step, index) => h('li', { 'aria-current': step.state === 'current' ? 'step' : null },
    h('span.symbol', { 'aria-hidden': 'true' }, `${symbols[step.state] ?? '○'}${index + 1} `),
    choose && (step.state !== 'open' || step.isReachable)
      ? h('button.link', { type: 'button', on: { click: () => choose(step.id) } }, step.title) : step.title,
    h('span.unseen', ` ${word('step', step.state)}`))));
