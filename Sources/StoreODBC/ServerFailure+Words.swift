// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

extension ServerFailure {
    /// - Parameters:
    ///   - sql: the statement; nil while connecting or ending a transaction.
    ///   - isConnected: whether the connection had been made.
    ///   - isDead: what the driver says of the connection.
    ///   - secret: what must stand in no text, if a driver should repeat it.
    init(
        _ failure: ODBCFailure, at address: ServerAddress, during sql: String?, _ options: ODBCDatabase.Options,
        isConnected: Bool,
        isDead: Bool = false, hiding secret: String? = nil
    ) {
        var kind = ServerFailureTable.of(address.family).kind(failure.diagnostics)
        // A connection that was good has not got a bad certificate: it broke, and MariaDB's driver takes that for trouble with TLS.
        if kind == .certificate, isConnected { kind = .lost }
        if kind == .other, isDead { kind = .lost }
        let words =
            failure.diagnostics.map { "\($0.state)/\($0.native) \($0.text)" }.joined(separator: "; ")
        let shown = secret.map { $0.isEmpty ? words : words.replacing($0, with: "…") } ?? words
        let detail = (shown.isEmpty ? "ODBC \(failure.status)" : shown) + (sql.map { " in: \($0)" } ?? "")
        let first = failure.diagnostics.first.map { "\($0.state)/\($0.native)" } ?? "without a word"
        self.init(kind: kind, error: Self.error(kind, address, options, "(\(first))", detail))
    }

    private static func error(
        _ kind: ServerFailureKind, _ address: ServerAddress, _ options: ODBCDatabase.Options, _ reason: String,
        _ detail: String
    ) -> StoreError {
        let (code, sentence): (StoreError.Code, String) =
            switch kind {
            case .constraint: (.constraint, "refuses a row that breaks a rule of the schema \(reason)")
            case .tooLong: (.tooLong, "has no room for a value of this length \(reason): shorten it")
            case .exists: (.exists, "has something of that name already \(reason)")
            case .deadlock:
                (
                    .busy,
                    "undid this step \(ODBCWorker.attempts) times in favour of another one \(reason): try again later"
                )
            case .lockTimeout:
                (
                    .busy,
                    "kept this step waiting for another one for \(options.lockTimeout.text) \(reason): try again later, "
                        + "and look which session holds the lock if it stays"
                )
            case .statementTimeout:
                (.busy, "did not finish a statement within \(options.statementTimeout.text) \(reason): try again later")
            case .stalePlan: (.busy, "has got another schema meanwhile \(reason): try again")
            case .lost: (.connection, "broke the connection \(reason): see that it runs")
            case .away: (.connection, "cannot be reached \(reason): see that it runs and that name and port are right")
            case .certificate:
                (
                    .connection,
                    "cannot be reached by TLS that can be trusted \(reason): give the CA of its certificate by tlsRoots=FILE, call it by "
                        + "a name that stands in the certificate, and see that it has TLS switched on"
                )
            case .login:
                (.permission, "does not let the user \(address.user) in \(reason): correct user, password or database")
            case .permission where reason.hasSuffix("/1419)"):
                (
                    .permission,
                    "writes a binary log, and lets the user \(address.user) make no trigger \(reason): SET GLOBAL "
                        + "log_bin_trust_function_creators = 1, on a managed server by its parameter of that name"
                )
            case .permission:
                (.permission, "does not allow the user \(address.user) what is needed \(reason): grant it")
            case .readOnly:
                (.readOnly, "takes no changes \(reason): see whether it is a copy, and name the one that is written to")
            case .full: (.full, "has no space left \(reason): give it some; work goes on then")
            case .schema: (.other, "has another schema than this version expects \(reason): run 'certway doctor'")
            case .corrupt: (.corrupt, "reports damage \(reason): see its log, and restore a backup if need be")
            case .driverMissing:
                (
                    .driverMissing,
                    "needs an ODBC driver that is not here, \(driver(address)): \(ConnectionText.driver(address.family).installation)"
                )
            case .other: (.other, "refused a statement \(reason)")
            }
        return StoreError(code, "the database \(address) \(sentence); nothing of this step was kept", detail: detail)
    }

    private static func driver(_ address: ServerAddress) -> String {
        address.driver ?? ConnectionText.driver(address.family).name
    }
}

extension Duration {
    /// For sentences: `10 s`.
    var text: String { "\(Int((self / .seconds(1)).rounded(.up))) s" }
}
