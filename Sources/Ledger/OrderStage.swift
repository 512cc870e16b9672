// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Store

/// How far an order is. The first seven are the way of a certificate to its owner; the rest are ends.
public enum OrderStage: String, Sendable, Hashable, CaseIterable, SQLRepresentable {
    /// Intent and our reference are on record; no key yet.
    case planned
    /// The private key exists, sealed.
    case keyed
    /// Sent to the CA, or about to be: from here on the CA may have executed it.
    case submitted
    /// The CA has the order and waits for somebody.
    case pending
    /// The certificate is here and is what was asked for.
    case issued
    /// Key and certificate lie where the subscriber's devices fetch them.
    case delivered
    /// Others can find the certificate.
    case published
    /// All done; the certificate is in use.
    case active

    /// The CA refused for good.
    case rejected
    /// We gave up; an operator may retry.
    case failed
    case cancelled
    /// A newer order of the same subscriber and template is active.
    case superseded
    case revoked
    case expired

    /// Where an order is before it leaves for the CA.
    public static let beforeSubmission: Set<OrderStage> = [.planned, .keyed]

    /// Whether work remains: `planned` to `published`.
    public var isOpen: Bool {
        switch self {
        case .planned, .keyed, .submitted, .pending, .issued, .delivered, .published: true
        default: false
        }
    }

    /// Whether this is an end. `active` is neither open nor final.
    public var isFinal: Bool { !isOpen && self != .active }
}
