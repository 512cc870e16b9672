// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Store

/// A lock of the server that has a name and belongs to a connection.
struct ServerLock: Sendable {
    /// How long the holder before may take.
    static let patience = Duration.seconds(60)

    /// With the database in it, for MySQL and MariaDB have one set of names for the whole server; they allow 64 characters.
    private let name: String
    private let address: ServerAddress

    init(_ name: String, at address: ServerAddress) {
        self.name = String("\(address.database)/\(name)".unicodeScalars.suffix(64))
        self.address = address
    }

    /// - Throws: `StoreError` with code `busy` if somebody else keeps it.
    func take(on connection: ODBCConnection) throws {
        let seconds = Self.patience.milliseconds / 1000
        let isTaken: Bool
        switch address.family {
        case .mysql:
            isTaken = try connection.value("SELECT GET_LOCK(?, \(seconds))", [.text(name)]) == 1
        case .postgresql:
            // Waits as long as for any lock, and fails then.
            try connection.forEachRow("SELECT pg_advisory_lock(?)", [.integer(number)]) { _ in }
            isTaken = true
        case .sqlserver:
            let result: Int? = try connection.value(
                """
                SET NOCOUNT ON; DECLARE @result INT; EXEC @result = sp_getapplock @Resource = ?, @LockMode = 'Exclusive', \
                @LockOwner = 'Session', @LockTimeout = \(Self.patience.milliseconds); SELECT @result
                """, [.text(name)])
            isTaken = (result ?? -1) >= 0
        }
        guard isTaken else {
            throw StoreError(
                .busy,
                "another gateway works on the database \(address) (\(name)) and has not ended for \(Self.patience.text): "
                    + "try again later")
        }
        // The lock is the session's; a transaction that stays open would keep old rows alive.
        try connection.commit()
    }

    /// PostgreSQL's locks have numbers: FNV-1a of the name (http://www.isthe.com/chongo/tech/comp/fnv/).
    private var number: Int64 {
        Int64(
            bitPattern: name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }
}
