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
    /// TLS connections of one measurement.
    let connections: Int
    let planSizes: [Int]
    let planRounds: Int

    static let full = BenchmarkScale(
        rounds: 5, users: 600, keys: 400, openSSLKeys: 120, orders: 3000, connections: 1000,
        planSizes: [1000, 10_000, 100_000],
        planRounds: 3)
    /// Under two minutes; the figures vary more.
    static let quick = BenchmarkScale(
        rounds: 3, users: 120, keys: 120, openSSLKeys: 40, orders: 1000, connections: 200, planSizes: [1000, 10_000],
        planRounds: 1)
}
