// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How a program ended, as its exit status.
public enum ExitStatus: Int32, Sendable {
    case done = 0
    case failed = 1
    /// The command line itself was wrong.
    case usage = 2
    /// Configuration or a profile is invalid.
    case configurationInvalid = 3
    /// Some of the work is done, some is not; the output says which.
    case partlyDone = 4
}
