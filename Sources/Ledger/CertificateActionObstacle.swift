// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// What keeps actions from being done, once for each cause.
public struct CertificateActionObstacle: Sendable, Hashable {
    public let kind: CertificateAction.Kind
    public let backendCA: String
    public let state: CertificateAction.State
    /// Whether a person has to do it.
    public let isHeld: Bool
    /// In one sentence.
    public let cause: String
    public internal(set) var count: Int
    /// Serial number of one of the certificates.
    public let example: String
    /// When the first of them is tried again; nil for never.
    public internal(set) var nextAt: Date?
}
