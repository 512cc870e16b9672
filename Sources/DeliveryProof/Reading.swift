// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph

/// What was read of one thing, or why it was not: what nobody reported is unknown, and never taken for good or bad.
public enum Reading<Value: Sendable>: Sendable {
    case known(Value)
    case unknown(String, isThrottled: Bool)

    public var value: Value? { if case .known(let value) = self { value } else { nil } }

    /// Why nothing is known; nil for what is.
    public var reason: String? { if case .unknown(let reason, _) = self { reason } else { nil } }

    public var isThrottled: Bool { if case .unknown(_, let isThrottled) = self { isThrottled } else { false } }

    /// Reads, and takes a failure for not knowing; a cancelled task is one, too.
    init(_ body: () async throws -> Value) async {
        do {
            self = .known(try await body())
        } catch let error as GraphError {
            self = .unknown(error.message, isThrottled: error.kind == .throttled)
        } catch {
            self = .unknown("\(error)", isThrottled: false)
        }
    }
}
