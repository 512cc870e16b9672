// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One way in which an answer goes wrong.
enum Fault: Sendable, Equatable {
    case delay(milliseconds: Int)
    /// The text of `Retry-After`; nil leaves it to the service.
    case throttled(retryAfter: String?)
    case unavailable(retryAfter: String?)
    /// The service answers that status and does nothing.
    case status(Int)
    /// The connection ends before anything was done.
    case cutBefore
    /// Everything was done; the answer is lost.
    case cutAfter
    /// Everything was done; the answer says that it was not.
    case unavailableAfter(retryAfter: String?)
    case statusAfter(Int)
    /// Everything was done; a proxy in front of the service answers with that status and a page of its own.
    case proxyAfter(Int)
    /// Everything was done; what comes back does not begin like HTTP.
    case garbledAfter(GarbledAnswer)
    /// The answer breaks off in the middle.
    case truncated
    /// A page of a list leads the wrong way.
    case pages(PageTrouble)
    /// The answer is right, and its `Date` is off by that many seconds: the clock of who answers has jumped.
    case wrongDate(seconds: Int)
    /// What was answered to another request of the same operation: somebody on the way mixes answers up.
    case mixedUp

    /// The words under which faults are ordered and counted.
    static let names = [
        "delay", "throttled", "unavailable", "unavailable-after", "cut-before", "cut-after", "truncated", "status",
        "status-after", "proxy-after", "garbled-after", "circling-page", "endless-page", "wrong-date",
        "mixed-up",
    ]

    /// Whether whoever asked gets what was asked for all the same.
    var isHarmless: Bool {
        switch self {
        case .delay, .wrongDate: true
        default: false
        }
    }

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
        case .proxyAfter: "proxy-after"
        case .garbledAfter: "garbled-after"
        case .truncated: "truncated"
        case .pages(let trouble): trouble.rawValue
        case .wrongDate: "wrong-date"
        case .mixedUp: "mixed-up"
        }
    }
}
