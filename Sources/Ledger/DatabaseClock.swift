// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
public import Foundation
public import Store
import Synchronization

/// The database's time as a node knows it: the machine's clock, put right by what the database last said. Nodes that share a
/// database then agree on when something is due, though their own clocks are minutes apart.
public final class DatabaseClock: ConnectorClock {
    private let machine = SystemClock()
    private let offset = Mutex<TimeInterval>(0)

    public init() {}

    public func now() -> Date { machine.now() + offset.withLock { $0 } }
    public func uptime() -> Duration { machine.uptime() }
    public func sleep(for duration: Duration) async throws { try await machine.sleep(for: duration) }

    /// Asks the database for its time. Nothing changes where it has none.
    ///
    /// - Returns: by how much the machine's clock is behind the database's, in seconds.
    /// - Throws: `StoreError`.
    @discardableResult
    public func synchronize(with database: any SQLDatabase) async throws -> TimeInterval {
        guard let expression = database.dialect.now else { return 0 }
        let machine = machine
        let found = try await database.read { connection in
            let start = machine.now()
            let time: Date? = try connection.value("SELECT \(expression)")
            // The answer was made on the way, about half way.
            let end = machine.now()
            return time.map { $0.timeIntervalSince(start + end.timeIntervalSince(start) / 2) }
        }
        guard let found else { return 0 }
        offset.withLock { $0 = found }
        return found
    }
}
