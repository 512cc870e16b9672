// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One way in which an answer goes wrong.
enum Fault: Sendable, Equatable {
    case delay(milliseconds: Int)
    case throttled
    case unavailable
    /// The service answers that status and does nothing.
    case status(Int)
    /// The connection ends before anything was done.
    case cutBefore
    /// Everything was done; the answer is lost.
    case cutAfter
    /// Everything was done; the answer says that it was not.
    case unavailableAfter
    case statusAfter(Int)
    /// The answer breaks off in the middle.
    case truncated

    /// The word under which it is counted.
    var name: String {
        switch self {
        case .delay: "delay"
        case .throttled: "throttled"
        case .unavailable: "unavailable"
        case .status: "status"
        case .cutBefore: "cut-before"
        case .cutAfter: "cut-after"
        case .unavailableAfter: "unavailable-after"
        case .statusAfter: "status-after"
        case .truncated: "truncated"
        }
    }
}
