// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD
internal import Synchronization

/// The open connections of a server: how many, whose, and how long each has been at what it does.
///
/// libmicrohttpd's own timeout begins anew with each byte; a client that sends one every minute would never meet it.
final class ConnectionTable: Sendable {
    /// How many connections beyond the limits are taken to be told so, of all clients and of one.
    private static let surplus = (all: 64, address: 8)

    let limits: ServerLimits
    private let proxies: TrustedProxies
    /// Nobody else may come: where the server speaks plain HTTP on an address that others reach.
    private let onlyProxies: Bool
    private let state = Mutex(State())

    private struct State {
        var next = 1
        var open: [Int: ConnectionRecord] = [:]
        var perAddress: [ClientAddress: Int] = [:]
        var refused = 0
        var late = 0
    }

    init(_ limits: ServerLimits, proxies: TrustedProxies, onlyProxies: Bool) {
        self.limits = limits
        self.proxies = proxies
        self.onlyProxies = onlyProxies
    }

    /// Whether a connection is taken at all.
    func admits(_ address: ClientAddress) -> Bool {
        let isProxy = proxies.contains(address)
        return state.withLock { state in
            let own = state.perAddress[address.subscriber] ?? 0
            let isWelcome =
                (isProxy || !onlyProxies || address.isLoopback)
                && state.open.count < limits.connections + Self.surplus.all
                && (isProxy || own < limits.connectionsPerAddress + Self.surplus.address)
            if !isWelcome { state.refused += 1 }
            return isWelcome
        }
    }

    /// - Returns: the number by which it is known here.
    func begin(_ address: ClientAddress, _ descriptor: Int32, _ credentials: TLSCredentials?) -> Int {
        let isProxy = proxies.contains(address)
        return state.withLock { state in
            let own = state.perAddress[address.subscriber, default: 0]
            let isSurplus =
                state.open.count >= limits.connections || (!isProxy && own >= limits.connectionsPerAddress)
            state.perAddress[address.subscriber] = own + 1
            if isSurplus { state.refused += 1 }
            defer { state.next += 1 }
            state.open[state.next] = ConnectionRecord(
                address: address, descriptor: descriptor, isSurplus: isSurplus, credentials: credentials)
            return state.next
        }
    }

    /// The connection is about to be closed: from now on its descriptor may be another's.
    func end(_ number: Int) {
        // Let go outside of the lock.
        _ = state.withLock { state -> ConnectionRecord? in
            guard let record = state.open.removeValue(forKey: number) else { return nil }
            let left = (state.perAddress[record.address.subscriber] ?? 1) - 1
            state.perAddress[record.address.subscriber] = left > 0 ? left : nil
            return record
        }
    }

    func isSurplus(_ number: Int) -> Bool { state.withLock { $0.open[number]?.isSurplus ?? false } }

    /// Whether it was broken because its client took too long.
    func isBroken(_ number: Int) -> Bool { state.withLock { $0.open[number]?.isBroken ?? false } }

    func enter(_ phase: ConnectionRecord.Phase, _ number: Int, bytes: Int = 0) {
        state.withLock { state in
            state.open[number]?.phase = phase
            state.open[number]?.since = .now
            state.open[number]?.bytes = bytes
        }
    }

    func add(_ bytes: Int, to number: Int) { state.withLock { $0.open[number]?.bytes += bytes } }

    /// Breaks the connections of clients that take too long. The lock keeps the descriptors theirs meanwhile.
    func breakLate() {
        let now = ContinuousClock.now
        state.withLock { state in
            for (number, record) in state.open where record.isLate(limits, at: now) {
                shutdown(record.descriptor, Int32(SHUT_RDWR))
                state.open[number]?.isBroken = true
                state.late += 1
            }
        }
    }

    var counts: (open: Int, refused: Int, late: Int) { state.withLock { ($0.open.count, $0.refused, $0.late) } }
}
