// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// When the same order is tried again that a CA has rejected: its cause may be gone, such as a domain whose validation had
/// run out, but nobody is served by asking every quarter of an hour.
public enum RepeatSchedule {
    /// Orders that ask for the same; after the last of them only a person orders again.
    public static let maximumAttempts = 6
    private static let longestWait = 32

    /// - Parameters:
    ///   - attempts: orders so far, at least 1.
    ///   - ending: when the last of them ended.
    ///   - unit: a day, in seconds, where nothing presses.
    /// - Returns: 1, 2, 4 … days later; nil for never.
    static func next(after attempts: Int, ending: Date, unit: TimeInterval = 86_400) -> Date? {
        guard attempts < maximumAttempts else { return nil }
        return ending.addingTimeInterval(unit * Double(min(1 << (attempts - 1), longestWait)))
    }
}
