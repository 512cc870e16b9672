// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

extension CertificateSigningRequest {
    /// The security identifier asked for by extension 1.3.6.1.4.1.311.25.2, such as `S-1-5-21-…`; nil without one.
    public var securityIdentifier: String? {
        extensionValue(SecurityIdentifierExtension.type).flatMap(SecurityIdentifierExtension.read)
    }

    /// The DER inside the extension `type` (dotted OID) of the extension request (RFC 2985 §5.4.2); nil when it is absent.
    public func extensionValue(_ type: String) -> [UInt8]? {
        defer { ERR_clear_error() }
        guard let extensions = X509_REQ_get_extensions(pointer) else { return nil }
        defer { OPENSSL_sk_pop_free(extensions) { X509_EXTENSION_free(OpaquePointer($0)) } }
        return elements(extensions).map { OpaquePointer($0) }.first {
            dotted(X509_EXTENSION_get_object($0)) == type
        }.map { octets(X509_EXTENSION_get_data($0)) }
    }
}
