// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What became of an order, as far as the CA has decided. All three are results, none is an error.
public enum EnrollmentOutcome: Sendable {
    /// The certificate exists.
    case issued(IssuedCertificate)
    /// The CA has the order and waits for somebody; only a connector with `OrderPolling` may answer this.
    case pending(PendingOrder)
    /// The CA said no for good. The same order must not be repeated; a changed one may be placed.
    case rejected(OrderRejection)

    /// The order it is about; nil for a rejection without one.
    public var order: CAOrder? {
        switch self {
        case .issued(let issued): issued.order
        case .pending(let pending): pending.order
        case .rejected(let rejection): rejection.order
        }
    }
}
