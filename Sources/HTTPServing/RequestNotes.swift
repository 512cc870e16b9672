// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What a handler finds out about a request and the access log is to tell.
public final class RequestNotes: Sendable {
    private let state = Mutex<(route: String?, caller: String?)>((nil, nil))

    public init() {}

    /// The pattern that the path fits, such as `/orders/{reference}`: what names persons stays out of log and metrics.
    public var route: String? {
        get { state.withLock(\.route) }
        set { state.withLock { $0.route = newValue } }
    }

    /// Who asks, by the name that the audit trail uses.
    public var caller: String? {
        get { state.withLock(\.caller) }
        set { state.withLock { $0.caller = newValue } }
    }
}
