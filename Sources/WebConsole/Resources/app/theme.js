// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

// Not a module: it runs before the first paint, so that a dark choice does not flash light.
(() => {
  try {
    const theme = JSON.parse(localStorage.getItem('certway.theme') ?? '"system"');
    if (theme !== 'system') document.documentElement.dataset.theme = theme;
    const language = JSON.parse(localStorage.getItem('certway.language') ?? 'null');
    if (language) document.documentElement.lang = language;
  } catch {
    // Without storage the system's theme is right.
  }
})();
