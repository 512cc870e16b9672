// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One event of a stream for browsers (HTML, section 9.2, server-sent events).
public struct ServerEvent: Sendable, Hashable {
    /// What a client gives as `Last-Event-ID` when it comes back; without line breaks.
    public var id: String?
    /// The type that listeners ask for; nil is "message".
    public var name: String?
    public var data: String

    public init(id: String? = nil, name: String? = nil, data: String) {
        self.id = id
        self.name = name
        self.data = data
    }

    /// Sent in place of events that a slow reader did not fetch in time: the client must ask for everything anew.
    public static let resync = ServerEvent(name: "resync", data: "{}")

    /// The lines on the wire. A line break in id or name would begin a field of its own and is left out.
    var bytes: [UInt8] {
        var text = ""
        if let id { text += "id: \(Self.oneLine(id))\n" }
        if let name { text += "event: \(Self.oneLine(name))\n" }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: Self.isBreak) {
            text += "data: \(line)\n"
        }
        return Array((text + "\n").utf8)
    }

    private static func oneLine(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0 != "\r" && $0 != "\n" && $0 != "\0" })
    }

    /// CR, LF and CR LF end a line there, and nothing else does.
    private static func isBreak(_ character: Character) -> Bool {
        character == "\n" || character == "\r" || character == "\r\n"
    }
}
