// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

/// Says at the end of the process how many tests have worked on each engine, a line for each: `tests on mariadb: 187`.
enum TestCount {
    private static let tests = Mutex<[TestEngine: Set<Test.ID>]>([:])
    private static let report: Void = {
        atexit {
            for (engine, ids) in TestCount.tests.withLock({ $0 }).sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                print("tests on \(engine.rawValue): \(ids.count)")
            }
        }
    }()

    /// Counts the test that is running, once.
    static func note(_ engine: TestEngine) {
        guard let id = Test.current?.id else { return }
        _ = report
        tests.withLock { _ = $0[engine, default: []].insert(id) }
    }
}
