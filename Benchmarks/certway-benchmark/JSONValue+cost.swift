// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments

extension JSONValue {
    /// Processor seconds for each of what a measurement counted.
    ///
    /// - Parameter member: what was counted, such as `keys`.
    func cost(_ member: String) throws -> Double {
        guard let count = self[member]?.number, count > 0, let seconds = self["cpuSeconds"]?.number else {
            throw BenchmarkError("a measurement without \(member) and cpuSeconds: \(text)")
        }
        return seconds / count
    }
}
