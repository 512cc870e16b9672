// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CResolv

/// Asks for the CAA records of a name. Blocks.
public protocol CAAResolver: Sendable {
    /// - Parameter limit: after so many seconds without an answer nobody knows.
    func records(of name: String, within limit: Int) -> CAAAnswer
}

/// What a resolver says of one name.
public enum CAAAnswer: Sendable, Hashable {
    /// Empty for a name without such records, and for one that does not exist.
    case records([CAARecord])
    /// Nobody has answered, or nothing that can be read.
    case unknown
}

/// The system's resolver: what `/etc/resolv.conf` names. In a split zone it has the inside view, which may differ from what a CA sees.
public struct SystemCAAResolver: CAAResolver {
    /// RFC 8659 §4.1.
    private static let type: Int32 = 257

    public init() {}

    public func records(of name: String, within limit: Int) -> CAAAnswer {
        var answer = [UInt8](repeating: 0, count: 65_535)
        let length = certway_dns_query(name, Self.type, Int32(limit), &answer, Int32(answer.count))
        if length == Int32(certway_dns_no_records) { return .records([]) }
        return length < 0 ? .unknown : Self.read(Array(answer.prefix(Int(length))))
    }

    /// The records of an answer; behind an alias, too.
    static func read(_ message: [UInt8]) -> CAAAnswer {
        let found = Found()
        let count = certway_dns_read(
            message, Int32(message.count), type, Unmanaged.passUnretained(found).toOpaque()
        ) { context, data, length in
            guard let context else { return }
            Unmanaged<Found>.fromOpaque(context).takeUnretainedValue().data
                .append(Array(UnsafeBufferPointer(start: data, count: Int(length))))
        }
        let records = found.data.map { CAARecord(data: $0) }
        // One that cannot be read may be the one that forbids.
        return count < 0 || records.contains(nil) ? .unknown : .records(records.compactMap(\.self))
    }

    private final class Found { var data: [[UInt8]] = [] }
}
