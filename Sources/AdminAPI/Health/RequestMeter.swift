// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Fulfilment
public import HTTPServing
import Synchronization

/// Counts requests by route, method and status. Paths, which name persons, are not kept.
public final class RequestMeter: Sendable {
    struct Kind: Hashable, Comparable {
        let method: String
        let route: String
        let status: Int

        static func < (left: Kind, right: Kind) -> Bool {
            (left.route, left.method, left.status) < (right.route, right.method, right.status)
        }
    }

    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    private static let bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private let state = Mutex((counts: [Kind: Int](), durations: [String: Histogram]()))

    public init() {}

    /// A request without a route has met nothing of ours: any path at all, so they count as one.
    public func note(_ record: AccessRecord) {
        let route = record.route ?? "other"
        let method = Self.methods.contains(record.method) ? record.method : "other"
        let kind = Kind(method: method, route: route, status: record.status ?? 0)
        let (seconds, attoseconds) = record.duration.components
        state.withLock { state in
            state.counts[kind, default: 0] += 1
            // A stream lasts as long as somebody looks.
            guard !record.isStream else { return }
            state.durations[route, default: Histogram(bounds: Self.bounds)].add(
                Double(seconds) + Double(attoseconds) / 1e18)
        }
    }

    func write(to metrics: inout MetricsText) {
        let (counts, durations) = state.withLock { ($0.counts, $0.durations) }
        metrics.add(
            "certway_http_requests_total", "counter",
            "Requests that have ended, by route; status 0 for those whose client left before the answer.",
            counts.sorted { $0.key < $1.key }.map { kind, count in
                ([("method", kind.method), ("route", kind.route), ("status", "\(kind.status)")], Double(count))
            })
        metrics.add(
            "certway_http_request_duration_seconds",
            "From the request line to the end of the answer; without event streams.",
            durations.sorted { $0.key < $1.key }.map { ([("route", $0.key)], $0.value) })
    }
}
