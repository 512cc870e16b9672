// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The sandbox CAs of this program.
enum CASandboxes {
    static let all: [any CASandbox.Type] = [
        DigiCertSandbox.self,
        SectigoSandbox.self,
        AtlasSandbox.self,
        GlobalTrustSandbox.self,
        EJBCASandbox.self,
        SSLComSandbox.self,
        SwissSignSandbox.self,
        CertificateServicesSandbox.self,
    ]

    static var names: [String] { all.map { $0.name } }
}
