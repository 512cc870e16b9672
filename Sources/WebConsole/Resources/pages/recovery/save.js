// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Hands a file that came in an answer to the browser, which keeps it; the page forgets it.

import { saveFile } from '../../app/dom.js';

export const save = ({ fileName, content }) =>
  saveFile(fileName, 'application/x-pkcs12', Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)));
