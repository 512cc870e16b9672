// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import JSONDocuments

/// Keeps what was read from a CA for later requests, each value as long as it lives.
actor PreparedValues {
    /// A value and the time it ends.
    typealias Reading = (value: JSONValue, until: Date)

    private var kept: [String: Reading] = [:]
    private var readings: [String: Task<Reading, any Error>] = [:]
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date) { self.now = now }

    /// The value that is kept, or a fresh one. One reading serves all who ask meanwhile; it is nobody's child, so that one
    /// caller who is cancelled harms no other.
    func value(
        of name: String, read: @escaping @Sendable () async throws -> Reading
    ) async throws -> JSONValue {
        if let reading = kept[name], now() < reading.until { return reading.value }
        if let running = readings[name] { return try await running.value.value }
        let task = Task { try await read() }
        readings[name] = task
        defer { readings[name] = nil }
        let reading = try await task.value
        kept[name] = reading
        return reading.value
    }

    /// Forgets values that are out of date, so that the next one who needs them reads them afresh; what another one has
    /// read meanwhile stays.
    func drop(_ stale: [String: JSONValue]) {
        for (name, value) in stale where kept[name]?.value == value { kept[name] = nil }
    }
}
