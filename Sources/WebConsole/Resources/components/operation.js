// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Work that goes on behind an answer: started once, looked at until it is over.

import { get, path, post, Problem } from '../app/api.js';

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/// - Parameters:
///   - onProgress: gets `{done, of}` while it runs.
///   - signal: ends the looking, not the work.
/// - Returns: its result, or what the call answered at once.
/// - Throws: `Problem`, that of the work, too.
export async function operation(where, body, { key, onProgress, signal } = {}) {
  let answer = await post(where, body, { key });
  while (answer?.id && answer.state === 'running') {
    if (signal?.aborted) return null;
    onProgress?.(answer);
    await pause(1000);
    answer = await get(path('/operations/{}', answer.id), { signal });
  }
  if (answer?.state === 'failed') throw new Problem(answer.problem ?? {});
  return answer && 'result' in answer && 'state' in answer ? answer.result : answer;
}
