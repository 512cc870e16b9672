// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What many tasks note, in the order in which they do.
final class Recorder<Element: Sendable>: Sendable {
    private let noted = Mutex<[Element]>([])
    func note(_ element: Element) { noted.withLock { $0.append(element) } }
    var all: [Element] { noted.withLock { $0 } }
}
