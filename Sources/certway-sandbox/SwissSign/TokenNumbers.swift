// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Makes the tokens of requests, which are their ids; the control API says where the numbers begin.
final class TokenNumbers: Sendable {
    private let settings = Mutex<SwissSignSwitches?>(nil)

    func begin(_ settings: SwissSignSwitches) { self.settings.withLock { $0 = settings } }

    func token(_ number: Int) -> String {
        let digits = String((settings.withLock { $0 }?.firstToken ?? 1) + number - 1)
        return "REQ-" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits
    }
}
