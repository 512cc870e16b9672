// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The `code` of a problem document (RFC 9457): one word for programs. The manual's page of problems says of each what it means.
public enum ProblemCode: String, CaseIterable, Sendable {
    case accessDenied, accountDisabled, addressTooLong, already, authentication, bodyTooLarge, busy,
        changed, configuration, crossSite, directory, file, headersTooLarge, `internal`, interrupted,
        invalid, keyMissing, keyUsed, mediaType, methodNotAllowed, movedOn, noRole, noSession, notFound,
        notInCharge, notNow, notPossible, notSignedIn, nullInAddress, otherCount, outcomeUnknown, refused,
        repeatedHeader, rolesUnknown, running, sessionOver, stopping, store, throttled, tokenRefused,
        tooMany, tooManyConnections, tooManyFailures, tooManyListeners, transient, twoLengths,
        unknownCoding, versionMissing

    /// The `type` of the document: where the manual has it.
    public var address: String { "/manual/problems#\(rawValue)" }
}
