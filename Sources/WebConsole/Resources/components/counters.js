// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The numbers beside entries of the navigation: what waits for a person.

import { get } from '../app/api.js';
import { listen } from '../app/events.js';
import { may } from '../app/session.js';

/// Where a person must act; the rest goes on by itself.
const needing = ['inDoubt', 'operator'];
/// Events come in crowds; a number that is some seconds old does no harm.
const pause = 10_000;

/// Reads the numbers now and after events, at most once in ten seconds.
export function startCounters(frame) {
  if (!may('readOrders')) return;
  let timer = null;
  const read = async () => {
    timer = null;
    try {
      const { items } = await get('/waiting');
      frame.counter('waiting', items.filter((one) => needing.includes(one.waitingFor)).reduce((sum, one) => sum + one.count, 0));
    } catch {
      // The page says what is wrong; a missing number says nothing false.
    }
  };
  listen(['orders'], null, () => { timer ??= setTimeout(read, pause); });
  read();
}
