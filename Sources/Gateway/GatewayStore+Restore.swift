// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Enrollment
import Foundation
import Ledger
import StoreSQLite

extension GatewayStore {
    /// Which file this gateway has worked with last.
    private static let fileState = "restore.file"

    /// Notices that the database is an older copy, or that somebody has put it there, and keeps the doubt in it: each new order is
    /// looked for at its CA from now on. Costs two look-ups.
    ///
    /// - Parameter isNewlyFindable: whether the database was an older version's until now, whose orders nothing leads to.
    func lookForRestore(isNewlyFindable: Bool) async throws {
        // The number beside the database is read first: it never runs ahead of what is read afterwards.
        let left = home.requestsLeft
        let remembered = try await ledger.submissionCount()
        let known = try await ledger.state(Self.fileState)?.string
        let identity = SQLiteCopy.identity(of: home.database)
        if known != identity { try await ledger.setState(Self.fileState, identity.map { .string($0) }) }
        var cause: String?
        if let left, left > remembered {
            cause = "certway.db remembers \(remembered) requests to CAs and \(left) have left: it is an older copy"
        } else if left == nil, remembered > 0 {
            cause =
                "certway.db remembers \(remembered) requests to CAs, and the number kept beside it is gone: it may be an older copy"
        } else if let known, known != identity {
            cause = "certway.db was put in its place since this gateway last worked with it: it may be an older copy"
        }
        guard let cause else { return }
        if isNewlyFindable { try await RestoreDoubt.forbid(ledger) }
        // Where nothing leads to what was lost, RestoreCheck says what it says of every older copy.
        guard try await RestoreDoubt.isPossible(ledger) else { return }
        try await doubt(cause)
    }

    /// The database has been put in its place with everything that the former one knew: the next to open it remembers its file.
    public static func forgetFile(_ ledger: OrderLedger) async throws { try await ledger.setState(fileState, nil) }

    /// Puts on record that the database may be an older copy, and why; the number beside it counts from here again.
    func doubt(_ cause: String) async throws {
        try await RestoreDoubt.note(cause, at: Date(), ledger)
        let mark = SubmissionMark(path: home.submissionMark)
        try mark.reset(to: try await ledger.submissionCount())
    }
}

extension Gateway {
    /// That the database may be an older copy; nil when nothing says so.
    public var restoreDoubt: RestoreDoubt? {
        get async throws { try await RestoreDoubt.current(ledger, at: Date()) }
    }

    /// Where nothing leaves because of it, one sentence for each backend CA; and where each order is looked for.
    public func restoreDoubts() async throws -> (stops: [String], notes: [String]) {
        guard let doubt = try await restoreDoubt else { return ([], []) }
        var (stops, searched): ([String], [String]) = ([], [])
        for name in Set(configuration.templates.filter(\.enabled).map(\.backendCA)).sorted() {
            guard case .ready(let backend)? = backends[name] else { continue }
            guard let stop = doubt.stop(at: backend) else {
                searched.append(name)
                continue
            }
            stops.append(stop)
            // For those who make no connector.
            let known = try await ledger.stopped(.olderCopy, of: name)
            if known?.string != stop { try await ledger.stop(.olderCopy, of: name, .string(stop)) }
        }
        guard !searched.isEmpty else { return (stops, []) }
        return (
            stops,
            [
                "\(doubt.cause): each new order is looked for at \(searched.joined(separator: ", ")) before it leaves; what is there "
                    + "already waits for a person ('certway order list --held')"
            ]
        )
    }
}
