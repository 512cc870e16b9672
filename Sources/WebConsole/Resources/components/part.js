// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// A list as part of a page: what stands above it stays when its rows change. Who reads the page again reads the part, too.

import { replace } from '../app/dom.js';

/// - Returns: the page as the list sees it; the list draws into `place`.
export const within = (page, place) => Object.create(page, {
  show: { value: (...nodes) => replace(place, ...nodes) },
  reload: {
    get: () => page.reload,
    set(read) {
      const rest = page.reload;
      page.reload = (options) => Promise.all([rest?.(), read(options)]);
    },
  },
});
