// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Secrets

/// Replaces secrets in a text by `•••`, however they are written: as they are, in Base64, in UTF-16 or Latin-1, and with
/// any character escaped as in an address, a form, JSON, XML or HTML, also one escape inside another (`EscapedText`).
///
/// Building one copies the secrets into plain arrays; make it where a trace or an error is written, not before. Masking
/// costs one look at each byte, and more only where a secret may begin.
public struct SecretMask: Sendable {
    public static let replacement = "•••"

    private let spellings: [SecretSpelling]
    /// By byte: whether a secret may begin with it.
    private let mayBegin: [Bool]

    public init(_ secrets: [Secret]) {
        // Longest first, so that a secret which contains another one disappears as a whole.
        spellings = Set(secrets.filter { !$0.isEmpty }.flatMap(SecretSpelling.all)).sorted {
            $0.bytes.count > $1.bytes.count
        }
        var mayBegin = [Bool](repeating: false, count: 256)
        if !spellings.isEmpty { for byte in EscapedText.leads { mayBegin[Int(byte)] = true } }
        for spelling in spellings { mayBegin[Int(spelling.bytes[0])] = true }
        self.mayBegin = mayBegin
    }

    public func masking(_ text: String) -> String { masking(text.utf8, upTo: .max).text }

    /// The beginning of a text without secrets. What is not shown is only looked at where a secret begins before the end
    /// of the beginning, so that a long text costs no more than a short one, and no half of a secret stays at the end.
    ///
    /// - Parameter limit: how much is shown, in bytes of the masked text; cut between characters.
    /// - Returns: the text, bytes that are not UTF-8 replaced by U+FFFD, and whether it is the whole.
    public func masking(_ bytes: some Collection<UInt8>, upTo limit: Int) -> (text: String, isWhole: Bool) {
        bytes.withContiguousStorageIfAvailable { beginning(of: $0, limit) }
            ?? ContiguousArray(bytes).withUnsafeBufferPointer { beginning(of: $0, limit) }
    }

    private func beginning(of bytes: UnsafeBufferPointer<UInt8>, _ limit: Int) -> (text: String, isWhole: Bool) {
        let text = EscapedText(bytes: bytes)
        var output: [UInt8] = []
        var position = 0
        var scalarEnd = 0
        while position < bytes.count {
            let secretEnd = end(of: text, at: position)
            if secretEnd == nil, position >= scalarEnd { scalarEnd = position + Self.length(bytes[position]) }
            let piece = secretEnd == nil ? scalarEnd - position : Self.replacement.utf8.count
            guard output.count + piece <= limit else { return (String(decoding: output, as: UTF8.self), false) }
            if let secretEnd {
                output += Self.replacement.utf8
                position = secretEnd
            } else {
                output.append(bytes[position])
                position += 1
            }
        }
        return (String(decoding: output, as: UTF8.self), true)
    }

    /// How many bytes the character has that begins with `byte` (RFC 3629 §3); one for what begins none.
    private static func length(_ byte: UInt8) -> Int {
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// Where the secret that begins at `position` ends; nil when none does.
    private func end(of text: EscapedText, at position: Int) -> Int? {
        guard mayBegin[Int(text.bytes[position])] else { return nil }
        for spelling in spellings {
            if let end = text.end(of: spelling, at: position) { return end }
        }
        return nil
    }
}
