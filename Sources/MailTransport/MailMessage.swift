// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// One mail of plain text to one person, with a file where there is one.
public struct MailMessage: Sendable {
    /// Unique for ever, of letters, digits and dashes: it becomes the left side of the Message-ID, so that a repetition is recognised.
    public var id: String
    public var from: MailAddress
    /// Any text; it is made fit for a header.
    public var fromName: String
    public var to: MailAddress
    public var toName: String
    public var subject: String
    public var text: String
    public var date: Date
    /// One word for whoever sorts mails by rules.
    public var event: String
    public var attachment: MailAttachment?

    public init(
        id: String, from: MailAddress, fromName: String, to: MailAddress, toName: String = "", subject: String,
        text: String, date: Date, event: String
    ) {
        (self.id, self.from, self.fromName, self.to, self.toName) = (id, from, fromName, to, toName)
        (self.subject, self.text, self.date, self.event) = (subject, text, date, event)
    }

    /// Header lines; nothing in them can begin another one.
    var headers: [String] {
        [
            "Date: \(Self.dateText(date))", "From: \(Self.mailbox(fromName, from))", "To: \(Self.mailbox(toName, to))",
            "Subject: \(Self.words(subject))", "Message-ID: <\(id)@\(from.domain)>",
            // Who is away does not answer a machine (RFC 3834 section 5).
            "Auto-Submitted: auto-generated", "X-Certway-Event: \(event)",
        ]
    }

    /// RFC 5322 section 3.3.
    private static func dateText(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, d MMM yyyy HH:mm:ss +0000"
        return formatter.string(from: date)
    }

    private static func mailbox(_ name: String, _ address: MailAddress) -> String {
        let words = words(name)
        return words.isEmpty ? address.text : "\(words) <\(address.text)>"
    }

    /// A text in encoded words (RFC 2047), at most 75 characters each, on lines of their own. All of it is encoded, so that no
    /// character of a name means anything to a header.
    static func words(_ text: String) -> String {
        let line = String(text.map { $0.isNewline || $0.isWhitespace ? " " : $0 }).unicodeScalars
            .filter { $0.properties.generalCategory != .control }
        var (words, piece): ([String], [UInt8]) = ([], [])
        for scalar in line {
            let bytes = Array(String(scalar).utf8)
            if piece.count + bytes.count > 45 {
                words.append("=?UTF-8?B?\(Data(piece).base64EncodedString())?=")
                piece = []
            }
            piece += bytes
        }
        if !piece.isEmpty { words.append("=?UTF-8?B?\(Data(piece).base64EncodedString())?=") }
        return words.joined(separator: "\r\n ")
    }
}
