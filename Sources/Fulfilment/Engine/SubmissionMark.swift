// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
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
    /// One writes at a time.
    private let lock = Mutex(())

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
            if remembered == 0 { _ = write(Line.total(0) + Line.complete(from: 0), isFirst: true) }
            return remembered == 0 || mayBeMissing ? .consistent : .missing(remembered: remembered)
        }
        return left > remembered ? .olderDatabase(remembered: remembered, left: left) : .consistent
    }

    /// Notes that request number `count` is about to leave for a backend CA. Costs one small read and two small writes; the page cache
    /// outlives the process, and a power failure merely makes the numbers a little smaller.
    ///
    /// - Returns: false when it cannot be written; an older copy of the database is recognised a little later then.
    public func note(_ count: Int64, for target: SubmissionTarget) -> Bool {
        lock.withLock { _ in
            var content = content
            if content.number == nil {
                guard write(Line.total(0) + Line.complete(from: count - 1), isWhole: true) else { return false }
                content = self.content
            } else if content.completeFrom == nil {
                // Of an older version.
                guard write(Line.complete(from: count - 1), at: Line.total(0).utf8.count) else { return false }
                content = self.content
            }
            // The place first: a number without it would say that nobody knows where the request went.
            if let place = content.targets[target] {
                guard place.number >= count || write(Line.digits(count), at: place.offset) else { return false }
            } else {
                guard write(Line.target(target, count), at: content.end) else { return false }
            }
            return count <= content.number ?? 0 || write(Line.digits(count), at: 0)
        }
    }

    /// Takes the database's number for true, as a person has decided.
    public func reset(to count: Int64) throws(EnrollmentError) {
        let isWritten = lock.withLock { _ in
            write(Line.total(count) + Line.complete(from: count), isWhole: true)
        }
        guard isWritten else { throw EnrollmentError("\(path) cannot be written: \(String(cString: strerror(errno)))") }
    }

    /// How many requests have left; nil where the file is gone or no number.
    public var number: Int64? { content.number }

    /// Where the requests went that a database does not remember.
    ///
    /// - Parameter remembered: how many it does.
    public func targets(since remembered: Int64) -> SubmissionTargets {
        let content = content
        let known = Set(content.targets.filter { $0.value.number > remembered }.keys)
        let isWhole =
            content.isWellFormed && !known.isEmpty && content.number ?? 0 > remembered
            && content.completeFrom.map { $0 <= remembered } ?? false
        return SubmissionTargets(known, isWhole: isWhole)
    }

    /// The lines of the file. Numbers are of fixed width, so that a write never leaves part of an older one behind.
    private enum Line {
        static let width = 19

        static func digits(_ count: Int64) -> String {
            let digits = String(count)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }

        static func total(_ count: Int64) -> String { digits(count) + "\n" }

        /// All requests behind that number are told of.
        static func complete(from count: Int64) -> String { digits(count) + " *\n" }

        static func target(_ target: SubmissionTarget, _ count: Int64) -> String {
            "\(digits(count)) \(target.json.text)\n"
        }
    }

    private struct Content {
        var number: Int64?
        var completeFrom: Int64?
        var targets: [SubmissionTarget: (number: Int64, offset: Int)] = [:]
        var isWellFormed = true
        /// Where the next line begins.
        var end = 0
    }

    private var content: Content {
        var content = Content()
        guard let bytes = FileManager.default.contents(atPath: path) else { return content }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        content.number = lines.first.flatMap {
            Int64(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespaces))
        }
        guard content.number != nil else { return content }
        content.end = lines[0].count + 1
        // What a process could not write to its end has no end of line, and the next one is written over it.
        for line in lines.dropFirst().dropLast() {
            defer { content.end += line.count + 1 }
            let text = String(decoding: line, as: UTF8.self)
            guard let number = Int64(text.prefix(Line.width)) else {
                content.isWellFormed = false
                continue
            }
            let place = String(text.dropFirst(Line.width + 1))
            if place == "*" {
                content.completeFrom = number
            } else if let json = try? JSONValue(parsing: Array(place.utf8)), let target = SubmissionTarget(json: json) {
                content.targets[target] = (number, content.end)
            } else {
                content.isWellFormed = false
            }
        }
        return content
    }

    /// - Parameters:
    ///   - isFirst: whether a file that is there already stays as it is.
    ///   - isWhole: whether nothing stays behind the text.
    private func write(_ text: String, at offset: Int = 0, isFirst: Bool = false, isWhole: Bool = false) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (isFirst ? O_EXCL : 0), 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let count = text.utf8.count
        guard text.withCString({ pwrite(descriptor, $0, count, off_t(offset)) }) == count else { return false }
        return !isWhole || ftruncate(descriptor, off_t(offset + count)) == 0
    }
}
