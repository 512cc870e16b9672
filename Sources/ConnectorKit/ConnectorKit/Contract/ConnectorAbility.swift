// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a backend CA can do beyond `check` and `enroll`; one case per ability protocol.
///
/// A backend CA has an ability when its connector conforms to the protocol *and* its profile configures it.
public enum ConnectorAbility: String, Sendable, Hashable, CaseIterable {
    case poll, revoke, renew, listProducts, inventory, findByReference, cancel, validationState, resendValidation

    /// What a connector without it cannot do, for people.
    public var action: String {
        switch self {
        case .poll: "be asked about orders it has taken"
        case .revoke: "revoke certificates"
        case .renew: "renew certificates"
        case .listProducts: "list products"
        case .inventory: "list its orders"
        case .findByReference: "be searched by reference"
        case .cancel: "cancel orders"
        case .validationState: "tell which addresses are validated"
        case .resendValidation: "send its validation mails again"
        }
    }

    /// Whether `connector` conforms to the ability's protocol.
    public func isImplemented(by connector: any CertificateAuthorityConnector) -> Bool {
        switch self {
        case .poll: connector is any OrderPolling
        case .revoke: connector is any CertificateRevoking
        case .renew: connector is any CertificateRenewing
        case .listProducts: connector is any ProductListing
        case .inventory: connector is any CertificateInventory
        case .findByReference: connector is any OrderFinding
        case .cancel: connector is any OrderCancelling
        case .validationState: connector is any ValidationReporting
        case .resendValidation: connector is any ValidationResending
        }
    }
}
