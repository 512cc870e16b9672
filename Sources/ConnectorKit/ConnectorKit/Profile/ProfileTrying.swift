// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import YAMLDocuments

/// A connector module that can run the programs of a profile with sample values, without a CA: what only running shows is
/// found before the first order.
public protocol ProfileTrying: CertificateAuthorityConnector {
    /// - Parameter profile: one that `diagnose` finds nothing wrong with.
    /// - Returns: the programs that give nothing usable for some sample, each once, and what the sample was.
    static func tryOut(_ profile: ConnectorProfile) -> [Diagnostic]
}
