// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// How many certificates of a template and a backend CA have a status.
public struct CertificateCount: Sendable, Hashable {
    public let template: String
    public let backendCA: String
    public let status: CertificateStatus
    public let count: Int
}
