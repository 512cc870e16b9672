// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How much is measured.
struct BenchmarkScale: Sendable {
    /// Repetitions; A and B alternate within each.
    let rounds: Int
    /// People enrolled per round.
    let users: Int
    /// Keys of the bare loop per round.
    let keys: Int
    let openSSLKeys: Int
    /// Orders of one measurement of a connector.
    let orders: Int
    /// Orders of the bare loop beside it, which is so short that it needs more for a figure.
    let bareOrders: Int
    /// TLS connections of one measurement.
    let connections: Int
    var planSizes: [Int]
    let planRounds: Int
    /// Orders of one measurement of the store, and what is stored beside them.
    let storeOrders: Int
    let storeRounds: Int
    let stored: (few: Int, many: Int)

    /// The same, with one size of the tenant beside the smallest, of which it must not be worse.
    func with(people: Int) -> BenchmarkScale {
        var scale = self
        scale.planSizes = Array(Set([min(people, Self.quick.planSizes[0]), people])).sorted()
        return scale
    }

    static let full = BenchmarkScale(
        rounds: 5, users: 600, keys: 400, openSSLKeys: 120, orders: 2000, bareOrders: 4000, connections: 1000,
        planSizes: [1000, 10_000, 100_000],
        planRounds: 3, storeOrders: 10_000, storeRounds: 3, stored: (10_000, 1_000_000))
    /// A few minutes; the figures vary more.
    static let quick = BenchmarkScale(
        rounds: 3, users: 120, keys: 120, openSSLKeys: 40, orders: 1000, bareOrders: 3000, connections: 200,
        planSizes: [1000, 10_000],
        planRounds: 1, storeOrders: 1000, storeRounds: 1, stored: (1000, 20_000))
}
