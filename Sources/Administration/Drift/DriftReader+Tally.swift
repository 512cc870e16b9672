// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Settings

extension DriftReader {
    /// How much of a place could be read. A single thing that cannot be is a gap; where nothing can be, the place was not compared.
    struct Tally {
        private(set) var read = 0
        private(set) var unread = 0
        /// Why the first one could not be read.
        private(set) var reason: String?

        mutating func noteRead() { read += 1 }

        /// - Throws: `SettingsError` after some that could not be read, and none before them: the rest is not asked for.
        mutating func note(unread reason: String) throws {
            unread += 1
            self.reason = self.reason ?? reason
            if read == 0, unread >= DriftReader.width { throw SettingsError(reason) }
        }

        /// - Throws: `SettingsError` where nothing could be read of what there is.
        func end() throws {
            if read == 0, unread > 0 { throw SettingsError(reason ?? "nothing could be read") }
        }
    }
}
