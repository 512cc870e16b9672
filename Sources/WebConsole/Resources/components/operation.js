// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Work that goes on behind an answer: started once, looked at until it is over.

import { get, path, post, Problem } from '../app/api.js';

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/// - Parameters:
///   - onStart: gets the id of work that goes on, by which `follow` finds it again.
///   - onProgress: gets `{done, of}` while it runs.
///   - signal: ends the looking, not the work.
/// - Returns: its result, or what the call answered at once.
/// - Throws: `Problem`, that of the work, too.
export async function operation(where, body, { key, onStart, onProgress, signal } = {}) {
  const answer = await post(where, body, { key });
  if (answer?.id && answer.state === 'running') onStart?.(answer.id);
  return ended(answer, { onProgress, signal });
}

/// Looks at work that was started before, here or elsewhere. - Throws: `Problem` 404 where nobody remembers it.
export const follow = async (id, { onProgress, signal } = {}) =>
  ended(await get(path('/operations/{}', id), { signal }), { onProgress, signal });

async function ended(started, { onProgress, signal }) {
  let answer = started;
  while (answer?.id && answer.state === 'running') {
    if (signal?.aborted) return null;
    onProgress?.(answer);
    await pause(1000);
    answer = await get(path('/operations/{}', answer.id), { signal });
  }
  if (answer?.state === 'failed') throw new Problem(answer.problem ?? {});
  return answer && 'result' in answer && 'state' in answer ? answer.result : answer;
}
