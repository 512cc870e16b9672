// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a run leaves at the CA, so that a person can end it there.
public struct ConformanceLeftover: Sendable, Hashable {
    public enum State: String, Sendable {
        /// A certificate that is in force.
        case valid
        /// An order that may still become a certificate.
        case waiting
        /// An order of which nothing says whether the CA has it.
        case unknown
    }

    public let state: State
    /// Our reference, which the CA was sent.
    public let reference: String
    /// The CA's id of the order; nil where it is not known.
    public let order: String?
    /// Serial number of the certificate; nil for anything else.
    public let serialNumber: String?

    public init(state: State, reference: String, order: String?, serialNumber: String?) {
        self.state = state
        self.reference = reference
        self.order = order
        self.serialNumber = serialNumber
    }

    /// What a person looks for at the CA.
    public var name: String {
        let id = order.map { "order \($0)" } ?? "reference \(reference)"
        return serialNumber.map { "\($0) (\(id))" } ?? order ?? reference
    }
}
