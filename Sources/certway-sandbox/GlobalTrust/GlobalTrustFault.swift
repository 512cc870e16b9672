// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The codes of a `CertificateFault` (wire/soap.md section 4).
enum GlobalTrustFault: String, Sendable {
    case authFailed = "AUTH_FAILED"
    case operatorExpired = "OPERATOR_EXPIRED"
    case unknownUid = "UNKNOWN_UID"
    case unknownProduct = "UNKNOWN_PRODUCT"
    case invalidPeriod = "INVALID_PERIOD"
    case domainNotAllowed = "DOMAIN_NOT_ALLOWED"
    case invalidCSR = "INVALID_CSR"
    case keyReused = "KEY_REUSED"
    case emailMismatch = "EMAIL_MISMATCH"
    case duplicateReference = "DUPLICATE_REFERENCE"
    case unknownOrder = "UNKNOWN_ORDER"
    case unknownCertificate = "UNKNOWN_CERTIFICATE"
    case alreadyRevoked = "ALREADY_REVOKED"
    case quotaExceeded = "QUOTA_EXCEEDED"
    case temporarilyUnavailable = "TEMPORARILY_UNAVAILABLE"
    case internalError = "INTERNAL"

    private var isRetryable: Bool { self == .temporarilyUnavailable || self == .internalError }

    func fault(_ message: String, orderID: String? = nil) -> SOAPFault {
        let content = SOAPRecord().adding("Code", rawValue).adding("Message", message)
            .adding("Retryable", isRetryable).adding("OrderId", orderID)
        return SOAPFault(isRetryable ? .server : .client, message, detail: ("CertificateFault", content))
    }
}
