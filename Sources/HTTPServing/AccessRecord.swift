// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One request that has ended, for the access log and for metrics.
public struct AccessRecord: Sendable {
    public enum Ending: String, Sendable {
        case complete
        /// The client went, or the connection broke.
        case broken
        /// The client took too long.
        case late
        /// The server stopped meanwhile.
        case stopped
    }

    public var method: String
    /// The path without query, where tokens may stand.
    public var path: String
    /// The pattern of the path and who asked, when the handler has told.
    public var route: String?
    public var caller: String?
    public var clientAddress: String
    /// nil when there was no answer.
    public var status: Int?
    /// Bytes of the answer's body as it was made.
    public var bytes: Int
    /// From the request line to the end of the answer.
    public var duration: Duration
    public var isStream: Bool
    public var ending: Ending

    public init(
        method: String, path: String, route: String? = nil, caller: String? = nil, clientAddress: String, status: Int?,
        bytes: Int, duration: Duration, isStream: Bool = false, ending: Ending = .complete
    ) {
        self.method = method
        self.path = path
        self.route = route
        self.caller = caller
        self.clientAddress = clientAddress
        self.status = status
        self.bytes = bytes
        self.duration = duration
        self.isStream = isStream
        self.ending = ending
    }
}
