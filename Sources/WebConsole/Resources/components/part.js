// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A list as part of a page: what stands above it stays when its rows change.

import { replace } from '../app/dom.js';

/// - Returns: the page as the list sees it; the list draws into `place`.
export const within = (page, place) => Object.create(page, {
  show: { value: (...nodes) => replace(place, ...nodes) },
});
