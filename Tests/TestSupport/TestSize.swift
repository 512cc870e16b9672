// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How much of a long test runs. `Scripts/test --full` sets CERTWAY_TEST_FULL.
public enum TestSize {
    public static let isFull = ProcessInfo.processInfo.environment["CERTWAY_TEST_FULL"] == "1"

    public static func choose<Value>(_ usual: Value, full: Value) -> Value { isFull ? full : usual }
}
