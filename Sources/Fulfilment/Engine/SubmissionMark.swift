// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Planning
import Synchronization

/// A file beside the database with the number of requests that have ever left. The database knows the same number; when it
/// knows less, it is an older copy, and everything it does not remember would be ordered again.
///
/// The file is written after the commit and before the request leaves, so it never runs ahead of a database that is whole.
public final class SubmissionMark: Sendable {
    /// What the two numbers say.
    public enum Finding: Sendable, Equatable {
        case consistent
        /// The database remembers fewer requests than have left.
        case olderDatabase(remembered: Int64, left: Int64)
        /// The database remembers requests, and the file is gone or no number.
        case missing(remembered: Int64)
    }

    public let path: String
    private let mayBeMissing: Bool
    private let highest = Mutex<Int64?>(nil)

    /// - Parameter mayBeMissing: whether it is no sign that there is none: a node that is new shares a database that others have
    ///   worked on.
    public init(path: String, mayBeMissing: Bool = false) {
        self.path = path
        self.mayBeMissing = mayBeMissing
    }

    /// Compares the file with what the database remembers. The file is read first: it never runs ahead of what is read afterwards.
    /// Before the first request it is made: one that is missing later was taken away, and no process died before it could write it.
    ///
    /// - Parameter count: asks the database.
    public func examine(_ count: () async throws -> Int64) async rethrows -> Finding {
        let left = number
        let remembered = try await count()
        guard let left else {
            if remembered == 0 { _ = write(0, isFirst: true) }
            return remembered == 0 || mayBeMissing ? .consistent : .missing(remembered: remembered)
        }
        return left > remembered ? .olderDatabase(remembered: remembered, left: left) : .consistent
    }

    /// Notes that request number `count` is about to leave. Costs one small write; the page cache outlives the process, and
    /// a power failure merely makes the number a little smaller.
    ///
    /// - Returns: false when it cannot be written; an older copy of the database is recognised a little later then.
    public func note(_ count: Int64) -> Bool {
        highest.withLock { highest in
            guard count > highest ?? number ?? 0 else { return true }
            guard write(count) else { return false }
            highest = count
            return true
        }
    }

    /// Takes the database's number for true, as a person has decided.
    public func reset(to count: Int64) throws(EnrollmentError) {
        let isWritten = highest.withLock { highest in
            highest = count
            return write(count)
        }
        guard isWritten else { throw EnrollmentError("\(path) cannot be written: \(String(cString: strerror(errno)))") }
    }

    /// How many requests have left; nil where the file is gone or no number.
    public var number: Int64? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        return Int64(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// One line of fixed width, so that a write never leaves part of an older number behind.
    ///
    /// - Parameter isFirst: whether a file that is there already stays as it is.
    private func write(_ count: Int64, isFirst: Bool = false) -> Bool {
        let digits = String(count)
        let line = String(repeating: "0", count: max(0, 19 - digits.count)) + digits + "\n"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (isFirst ? O_EXCL : 0), 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return line.withCString { pwrite(descriptor, $0, line.utf8.count, 0) } == line.utf8.count
    }
}
