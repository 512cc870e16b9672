// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// What a hostile sandbox has really done, so that nobody mistakes a friendly one for a proof.
struct HostileEvidence: CustomStringConvertible {
    /// Faults by their name in the control API, summed over the sandboxes.
    private(set) var faults: [String: Int] = [:]
    /// Orders whose number no double can hold for sure.
    private(set) var wideNumbers = 0

    private static let usual = [
        "delay", "throttled", "unavailable", "unavailable-after", "cut-before", "cut-after", "truncated", "proxy-after",
        "garbled-after", "wrong-date",
    ]

    init() {}

    /// What the sandbox of a gateway has done so far.
    init(of gateway: GatewayUnderTest) async throws {
        let counts = try await gateway.sandbox.control("/control/state")["requests"]?.object ?? [:]
        for (name, count) in counts where name.hasPrefix("faults.") {
            faults[String(name.dropFirst("faults.".count))] = count.int ?? 0
        }
        wideNumbers = try await gateway.sandbox.orders(gateway.connector).count { order in
            (order["id"]?.identifier.flatMap { Int($0) } ?? 0) > 1 << 53
        }
    }

    mutating func add(_ other: HostileEvidence) {
        faults.merge(other.faults, uniquingKeysWith: +)
        wideNumbers += other.wideNumbers
    }

    /// - Parameter isAll: whether these were all seeds; what is rare, or belongs to few seeds, is asked of them together.
    func expect(isAll: Bool) {
        for name in Self.usual where isAll || !["throttled", "proxy-after"].contains(name) {
            #expect(faults[name, default: 0] > 0, "no \(name) has struck: \(self)")
        }
        guard isAll else { return }
        #expect(wideNumbers > 0, "no number was beyond 2^53: \(self)")
        let pages = faults["circling-page", default: 0] + faults["endless-page", default: 0]
        #expect(!TestSize.isFull || pages > 0, "no page has led astray: \(self)")
    }

    var description: String {
        faults.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            + "; \(wideNumbers) numbers beyond 2^53"
    }
}
