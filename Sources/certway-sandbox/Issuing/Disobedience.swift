// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One lie of a sandbox CA, told when the control API asks for it; a conformance kit must notice each.
enum Disobedience: String, Sendable, CaseIterable {
    // The certificate is not the one that was ordered.
    case wrongKey = "wrong-key"
    case otherPersonsCertificate = "other-persons-certificate"
    case missingAddress = "missing-address"
    case extraAddress = "extra-address"
    case wrongCommonName = "wrong-common-name"
    case missingUPN = "missing-upn"
    case missingSID = "missing-sid"
    case wrongUsage = "wrong-usage"
    case shortValidity = "short-validity"
    case longValidity = "long-validity"
    case missingIntermediate = "missing-intermediate"
    case foreignRoot = "foreign-root"
    case expiredCertificate = "expired-certificate"
    // Orders.
    /// Idempotency keys are ignored, and every application makes two orders with two certificates.
    case duplicateOrders = "duplicate-orders"
    /// Orders are taken, then unknown to every lookup and list.
    case forgetsOrders = "forgets-orders"
    case neverIssues = "never-issues"
    case rejectsWithoutReason = "rejects-without-reason"
    /// What must be refused or was rejected is issued.
    case issuesWhatWasRejected = "issues-what-was-rejected"
    case unknownOrderIsIssued = "unknown-order-is-issued"
    /// Of orders that come at the same time, one is answered with the certificate of the other.
    case mixesOrders = "mixes-orders"
    case cancelIgnored = "cancel-ignored"
    case renewRefused = "renew-refused"
    // Revocation.
    case revocationUnpublished = "revocation-unpublished"
    case wrongRevocationReason = "wrong-revocation-reason"
    case revokesAnother = "revokes-another"
    // Lists.
    case inventoryIncomplete = "inventory-incomplete"
    /// Every row stands twice, and every page is the first one.
    case inventoryRepeats = "inventory-repeats"
    case inventoryWrongSerial = "inventory-wrong-serial"
    // Access.
    case acceptsAnyCredentials = "accepts-any-credentials"
    case tokenNeverAccepted = "token-never-accepted"
    case throttlesAlways = "throttles-always"
}
