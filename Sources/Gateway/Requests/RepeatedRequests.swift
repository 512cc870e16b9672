// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation
import JSONDocuments
public import Ledger
import Store

/// Answers of requests that must not be done twice, kept so that a repeated one gets the same answer, also after a restart and by
/// another node.
public struct RepeatedRequests: Sendable {
    /// How long an answer is kept.
    public static let validity: TimeInterval = 48 * 3600

    /// An answer as it was given.
    public struct Answer: Sendable, Hashable {
        public let status: Int
        public let headers: [String: String]
        public let body: String

        public init(status: Int, headers: [String: String], body: String) {
            (self.status, self.headers, self.body) = (status, headers, body)
        }
    }

    /// What is known of a request when it comes.
    public enum Standing: Sendable, Hashable {
        /// It is new, and it is on record now that it is being done.
        case new
        /// The same is being done.
        case running
        /// Something else was asked by the same key.
        case other
        /// Whoever did it has ended before it was answered: nobody knows whether it is done.
        case interrupted
        case answered(Answer)
    }

    private let ledger: OrderLedger
    private let owner: String

    /// - Parameter owner: this run of this process.
    public init(_ ledger: OrderLedger, owner: String) { (self.ledger, self.owner) = (ledger, owner) }

    /// Puts on record that a request is being done, if it is new.
    ///
    /// - Parameters:
    ///   - key: who asks and by which key, as a digest of 64 characters.
    ///   - digest: of everything that is asked, 64 characters.
    public func begin(_ key: String, digest: String) async throws -> Standing {
        let (now, owner) = (ledger.clock.now(), owner)
        do {
            return try await ledger.database.write { connection in
                try connection.execute(
                    "DELETE FROM repeated_requests WHERE created_at < ?", [SQLValue(now - Self.validity)])
                let known = try connection.query(
                    "SELECT digest, owner, status, headers, body FROM repeated_requests WHERE request_key = ?",
                    [.text(key)]
                ) { row in
                    (
                        digest: try row[0] as String, owner: try row[1] as String, status: try row[2] as Int?,
                        headers: try row[3] as JSONValue, body: try row[4] as String
                    )
                }
                guard let known = known.first else {
                    try connection.execute(
                        """
                        INSERT INTO repeated_requests (request_key, digest, owner, status, headers, body, created_at) \
                        VALUES (?, ?, ?, NULL, '{}', '', ?)
                        """, [.text(key), .text(digest), .text(owner), SQLValue(now)])
                    return .new
                }
                guard known.digest == digest else { return .other }
                guard let status = known.status else { return known.owner == owner ? .running : .interrupted }
                return .answered(
                    Answer(
                        status: status, headers: (known.headers.object ?? [:]).compactMapValues(\.string),
                        body: known.body))
            }
        } catch let error as StoreError where error.code == .constraint {
            // Somebody was a moment faster.
            return .running
        }
    }

    /// Keeps the answer.
    public func end(_ key: String, with answer: Answer) async throws {
        try await ledger.database.write { connection in
            try connection.execute(
                "UPDATE repeated_requests SET status = ?, headers = ?, body = ? WHERE request_key = ?",
                [
                    SQLValue(answer.status), SQLValue(JSONValue.object(answer.headers.mapValues(JSONValue.string))),
                    .text(answer.body), .text(key),
                ])
        }
    }

    /// Nothing was done: the same may be asked again.
    public func forget(_ key: String) async throws {
        try await ledger.database.write { connection in
            try connection.execute("DELETE FROM repeated_requests WHERE request_key = ?", [.text(key)])
        }
    }
}
