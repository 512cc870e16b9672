// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit

/// What a closed gate says.
public struct ClosedGate: Error {
    public init() {}
}

extension SubmissionGate {
    /// Lets no request through, as where an order was withdrawn a moment before.
    public static let closed = SubmissionGate { throw ClosedGate() }
}
